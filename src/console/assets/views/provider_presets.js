// The kinds of identity providers: what people call them, the form of their issuers, and where they take the redirect URI.

import { title } from "../format.js";

/** The kinds, in the order in which they are offered. */
export const PRESETS = {
  microsoft_entra: {
    label: "Microsoft Entra ID",
    name: "Microsoft",
    issuer: "https://login.microsoftonline.com/TENANT_ID/v2.0",
    hint: "With the directory (tenant) ID of your company in place of TENANT_ID.",
    where: "In the app registration, open Authentication → Add a platform → Web, and enter this redirect URI.",
  },
  google: {
    label: "Google",
    name: "Google",
    where: "In the OAuth client of the type “Web application”, add this address to the authorized redirect URIs.",
  },
  okta: {
    label: "Okta",
    name: "Okta",
    issuer: "https://example.okta.com",
    hint: "The address of your Okta organization, or of one of its authorization servers.",
    where: "In the application of the type “Web”, add this address to the sign-in redirect URIs.",
  },
  keycloak: {
    label: "Keycloak",
    name: "Keycloak",
    issuer: "https://keycloak.example.com/realms/REALM",
    hint: "The address of the realm.",
    where: "In the client with “Client authentication” switched on, add this address to the valid redirect URIs.",
  },
  other: {
    label: "Other (OpenID Connect)",
    name: "",
    issuer: "https://login.example.com",
    hint: "The issuer, at which the provider publishes /.well-known/openid-configuration.",
    where: "In the confidential client with the authorization code flow, add this address to the redirect URIs.",
  },
};

/** The rules of who may sign in with a provider. Every rule that is given must be met. */
const RULES = [
  {
    key: "allowed_tenants",
    label: "Allowed tenants",
    presets: ["microsoft_entra"],
    hint: "Directory (tenant) IDs, separated by commas. Leave empty for the tenant of the issuer.",
  },
  {
    key: "allowed_domains",
    label: "Allowed domains",
    hint: "Such as example.com, separated by commas. An e-mail address counts only if the provider vouches for it.",
  },
  {
    key: "allowed_groups",
    label: "Allowed groups",
    hint: "As the provider names them in the claim “groups”, separated by commas. At Microsoft these are object IDs.",
  },
];

/** The rules that providers of a kind can have. */
export const rulesOf = (preset) => RULES.filter(({ presets }) => !presets || presets.includes(preset));

/** The rules of a provider in words. */
export function rulesInWords(provider) {
  const given = RULES.filter(({ key }) => provider[key].length > 0);
  if (given.length === 0) return "Everyone at the provider";
  return given.map(({ key, label }) => `${title(label.replace("Allowed ", ""))}: ${provider[key].join(", ")}`).join(" · ");
}
