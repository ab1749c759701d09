// The page after the end of a session.
import { html } from "../html.js";
import { signInUrl } from "../session.js";

export const SignedOut = ({ reason }) => html`<section class="sign-in card">
  <h1>Signed out</h1>
  <p class="lead" role="status">${reason}</p>
  <a class="button primary wide" href=${signInUrl()}>Sign in</a>
</section>`;
