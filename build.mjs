// Bundles every islands/NAME.ts into static/NAME.js beside its folder; modules in sub-folders of islands/ are parts of one.
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, context } from "esbuild";

const entries = globSync("{shared,services}/*/src/carnet/**/islands/*.ts");
const folders = new Set(entries.map(dirname));

function options(folder) {
  return {
    entryPoints: entries.filter((entry) => dirname(entry) === folder),
    outdir: join(folder, "..", "static"),
    bundle: true,
    minify: true,
    sourcemap: true,
    format: "esm",
    target: "es2022",
    legalComments: "linked",
    loader: { ".wasm": "file", ".svg": "file" },
    logLevel: "warning",
  };
}

for (const folder of folders) {
  if (process.argv.includes("--watch")) await (await context(options(folder))).watch();
  else await build(options(folder));
}
