#!/usr/bin/env node
// Starts Seloste on the Node that package.json pins, whatever Node called us:
// Temporal and running TypeScript as it is need Node 26.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as modules from 'node:module'
import { fileURLToPath } from 'node:url'

const oldestNode = 26
const main = fileURLToPath(new URL('../src/app/cli/main.ts', import.meta.url))

// What Node makes of the program's files it makes once for all processes and starts: beside them, where whoever writes could
// change the program itself. Where this user may not write, each start makes it anew.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= oldestNode) {
  modules.enableCompileCache(process.env.NODE_COMPILE_CACHE)
  await import(main)
} else {
  const pinned = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
  if (!existsSync(pinned)) {
    console.error(
      `Seloste needs Node ${oldestNode} or newer and found ${process.version}. Run "npm ci" in Seloste's folder: it brings its own.`,
    )
    process.exit(1)
  }
  const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}
