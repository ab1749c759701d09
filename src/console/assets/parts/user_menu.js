// The user who is signed in, and the ways to sign out. The browser submits the form itself, so that it leads to the sign-in
// page.
import { html } from "../html.js";
import { isGuarded, leaving } from "../leave.js";

export function UserMenu({ session }) {
  const submit = (event) => {
    if (!isGuarded()) return;
    event.preventDefault();
    const { target, submitter } = event;
    leaving(() => target.requestSubmit(submitter));
  };
  return html`<button type="button" class="button quiet user" popovertarget="user-menu">
      <bdi class="name">${session.user}</bdi>
    </button>
    <form id="user-menu" class="menu" popover="auto" method="post" action="sign-out" onSubmit=${submit}>
      <p class="hint">Signed in as ${session.role}</p>
      <input type="hidden" name="csrf_token" value=${session.csrf_token} />
      <button class="button wide">Sign out</button>
      <button class="button wide" name="everywhere" value="true">Sign out everywhere</button>
    </form>`;
}
