// Binds template strings to Preact, so that the page needs no build step and no inline script.
import { h } from "./vendor/preact.mjs";
import htm from "./vendor/htm.mjs";

export { render, createContext } from "./vendor/preact.mjs";
export { useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "./vendor/hooks.mjs";
export const html = htm.bind(h);
