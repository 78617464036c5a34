// Bytes that Python sends within JSON.

/** @param {string} text in base64 @returns {Uint8Array<ArrayBuffer>} */
export const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
