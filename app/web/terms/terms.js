// Explains the glossary's words in captions, on pages too of which no view has any.

import "../lib/terms.js";

export default function () {}
