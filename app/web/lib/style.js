// Style sheets, as files beside their modules.

/**
 * Loads a style sheet once. A module that awaits it draws nothing without it.
 * @param {URL} address
 * @returns {Promise<void>}
 */
export function stylesheet(address) {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address.href });
    link.onload = () => resolve();
    link.onerror = () => reject(new Error(`${address.pathname} could not be loaded`));
    document.head.append(link);
  });
}
