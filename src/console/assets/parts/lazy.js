// Views whose files are loaded when they are first shown, so that a first visit loads little.
import { html } from "../html.js";
import { useLoaded } from "../load.js";
import { Pending } from "./states.js";

/** A component that loads the view `name` with `load`, which imports its module. */
export const lazy = (title, name, load) =>
  function LazyView(props) {
    const { value: View, error, reload } = useLoaded(async () => (await load())[name], []);
    if (View) return html`<${View} ...${props} />`;
    const failure = error && { message: "The page cannot be loaded. Check that the server is running and that you are online." };
    return html`<${Pending} title=${title} what="the page" failure=${failure} onRetry=${reload} />`;
  };
