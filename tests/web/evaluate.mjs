// Answers lines of JSON, each {function, value}, with {value} or {error}: what the function returns for the exports of the modules named as
// arguments, and the value.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const modules = await Promise.all(process.argv.slice(2).map((file) => import(pathToFileURL(file).href)));
const exported = Object.assign({}, ...modules);

for await (const line of createInterface({ input: process.stdin })) {
  const { function: text, value } = JSON.parse(line);
  let answer;
  try {
    // biome-ignore lint/security/noGlobalEval: the tests' own functions, as text
    answer = { value: globalThis.eval(`(${text})`)(exported, value) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
