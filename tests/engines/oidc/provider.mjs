// oidc-provider with two people, a client of pages and one of machines; `POST /rotate` gives it another signing key.
// usage: provider.mjs PORT REDIRECT_ORIGIN
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, origin, folder] = process.argv.slice(2);
const found = createRequire(`${folder}/`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(found));
const issuer = `http://127.0.0.1:${port}`;
const ROLES = { anna: ["admin"], paul: ["planner"], nobody: ["chef"] };
let made = 0;

function key() {
  const jwk = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  return { ...jwk, use: "sig", alg: "ES256", kid: `key-${++made}` };
}

function provider(jwks) {
  return new Provider(issuer, {
    jwks,
    clients: [
      {
        client_id: "pages", client_secret: "page secret+/", redirect_uris: [`${origin}/sign-in/callback`],
        post_logout_redirect_uris: [`${origin}/signed-out`],
      },
      {
        client_id: "machine", client_secret: "machine secret", grant_types: ["client_credentials"],
        redirect_uris: [], response_types: [],
      },
    ],
    clientDefaults: { grant_types: ["authorization_code"], id_token_signed_response_alg: "ES256" },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], profile: ["name", "realm_access"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `${id} of the provider`, realm_access: { roles: ROLES[id] ?? [] } }),
    }),
    extraTokenClaims: () => ({ realm_access: { roles: ["viewer"] } }),
    cookies: { keys: ["a test's own"] },
    ttl: { IdToken: 600, AccessToken: 600, ClientCredentials: 600, Session: 3600, Grant: 3600, Interaction: 600 },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_, client) => (client.clientId === "machine" ? "urn:carnet" : undefined),
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "", audience: "carnet", accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } }),
      },
    },
  }).callback();
}

let serve = provider({ keys: [key()] });
createServer((request, response) => {
  if (request.method === "POST" && request.url === "/rotate") {
    serve = provider({ keys: [key()] });
    response.end();
  } else {
    serve(request, response);
  }
}).listen(Number(port), "127.0.0.1");
