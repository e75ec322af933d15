#!/usr/bin/env node
// Starts Seloste on Node 26 or newer, which has Temporal and runs TypeScript without a build: on the Node that runs this file,
// or else on the one that package.json pins.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as modules from 'node:module'
import { fileURLToPath } from 'node:url'

const oldestNode = 26
const main = fileURLToPath(new URL('../src/app/cli/main.ts', import.meta.url))

// Node compiles the program's files once for all processes and starts, into a cache beside them: whoever can write there could
// change the program itself. If this user may not write there, each start compiles them again.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= oldestNode) {
  modules.enableCompileCache(process.env.NODE_COMPILE_CACHE)
  await import(main)
} else {
  const pinned = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
  if (!existsSync(pinned)) {
    console.error(
      `Seloste needs Node ${oldestNode} or newer and found ${process.version}. Run "npm ci" in Seloste's folder: it installs the right one.`,
    )
    process.exit(1)
  }
  const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}
