// What the neuron and its input are set to, and changes of that by paths of the Experiment. Pure functions.

/** @typedef {import("../wire.js").NeuronNumbers} NeuronNumbers */
/** @typedef {import("../wire.js").InputFields} InputFields */

/**
 * The kind of neuron in force, the same neuron as each kind, and its input.
 * @typedef {{kind: string, models: Record<string, NeuronNumbers>, input: InputFields}} Settings
 */

/** Values by their paths in the Experiment. @typedef {Record<string, unknown>} Changes */

/**
 * The settings after some changes. A change of the neuron is one of every model that has such a field.
 * @param {Settings} settings
 * @param {Changes} changes
 * @returns {Settings}
 */
export function changed({ kind, models, input }, changes) {
  const settings = { kind, models: { ...models }, input };
  for (const [path, value] of Object.entries(changes)) {
    const [owner, ...names] = path.split(".");
    if (owner === "input") {
      settings.input = placed(settings.input, names, value);
      continue;
    }
    const [, ...fields] = names; // after the layer's place
    for (const [name, model] of Object.entries(models)) {
      if (mayHave(model, fields[0])) settings.models[name] = placed(settings.models[name], fields, value);
    }
  }
  return settings;
}

/**
 * What is at a path of the Experiment; undefined where nothing is.
 * @param {Settings} settings
 * @param {string} path
 * @returns {unknown}
 */
export function valueAt({ kind, models, input }, path) {
  /** @type {unknown} */
  const all = { network: [models[kind]], input };
  return path.split(".").reduce(fieldOf, all);
}

/** @param {unknown} part @param {string} name @returns {unknown} */
const fieldOf = (part, name) => (part instanceof Object ? Reflect.get(part, name) : undefined);

/**
 * A part with a value in it, or in a part of it.
 * @template {object} Part
 * @param {Part} part
 * @param {string[]} path
 * @param {unknown} value
 * @returns {Part}
 */
function placed(part, [name, ...names], value) {
  const inner = fieldOf(part, name);
  return { ...part, [name]: names.length ? placed(inner instanceof Object ? inner : {}, names, value) : value };
}

/** Whether a model has a field; τ_syn and the lower bound are null where they are switched off. @param {NeuronNumbers} model @param {string} name */
const mayHave = (model, name) => fieldOf(model, name) != null || name === "tau_syn" || name === "min_v_mem";
