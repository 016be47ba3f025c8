// oidc-provider with some people, a client of pages and two of machines; `POST /rotate` gives it another signing key.
// usage: provider.mjs PORT REDIRECT_ORIGIN FOLDER KEY_FILE; the first key is the file's, which is made where it is missing
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, origin, folder, file] = process.argv.slice(2);
const found = createRequire(`${folder}/`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(found));
const issuer = `http://127.0.0.1:${port}`;
const ROLES = { anna: ["admin"], paul: ["planner"], nobody: ["chef"] };
const MACHINES = { machine: ["viewer"], day: ["planner", "bookkeeper"] };

function key() {
  const jwk = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  return { ...jwk, use: "sig", alg: "ES256", kid: randomUUID() };
}

function keptKey() {
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(key()));
  return JSON.parse(readFileSync(file, "utf8"));
}

const machine = (id, secret) => ({
  client_id: id, client_secret: secret, grant_types: ["client_credentials"], redirect_uris: [], response_types: [],
});

function provider(jwks) {
  return new Provider(issuer, {
    jwks,
    clients: [
      {
        client_id: "pages", client_secret: "page secret+/", redirect_uris: [`${origin}/sign-in/callback`],
        post_logout_redirect_uris: [`${origin}/signed-out`],
      },
      machine("machine", "machine secret"),
      machine("day", "day secret"),
    ],
    clientDefaults: { grant_types: ["authorization_code"], id_token_signed_response_alg: "ES256" },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ["sub"], profile: ["name", "realm_access"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `${id} of the provider`, realm_access: { roles: ROLES[id] ?? [] } }),
    }),
    extraTokenClaims: (_, { clientId }) => ({ realm_access: { roles: MACHINES[clientId] ?? [] } }),
    cookies: { keys: ["a test's own"] },
    ttl: { IdToken: 600, AccessToken: 600, ClientCredentials: 600, Session: 3600, Grant: 3600, Interaction: 600 },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_, client) => (client.clientId in MACHINES ? "urn:carnet" : undefined),
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "", audience: "carnet", accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } }),
      },
    },
  }).callback();
}

let serve = provider({ keys: [keptKey()] });
createServer((request, response) => {
  if (request.method === "POST" && request.url === "/rotate") {
    serve = provider({ keys: [key()] });
    response.end();
  } else {
    serve(request, response);
  }
}).listen(Number(port), "127.0.0.1");
