// The page of a user without administrative rights.
import { html } from "../html.js";

export const Member = () => html`<h1>Your access</h1>
  <p class="lead">
    You are signed in as a member: you can connect AI clients to the MCP servers that are open to you. An administrator
    gives you their addresses.
  </p>`;
