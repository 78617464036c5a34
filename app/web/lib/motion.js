/** Whether the visitor wants as little motion as can be. */
export const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
