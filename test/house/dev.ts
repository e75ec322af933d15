// `npm run dev`: runs the demo from the working tree. Vite serves the screens with hot reload, roles restart when their
// code changes, and the database's functions are replaced when their SQL text changes. The database stays, and so do
// the calls of a capture whose code has not changed. A file with a syntax error restarts nothing.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, watch } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { createServer } from 'vite'
import { readSettings } from '#platform/config/settings.ts'
import { findEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { roleNames, type RoleName } from '#app/roles/role.ts'
import { readImportGraph, root } from './import-graph.ts'

/** Waits this long after a change, because editors write a file several times. */
const quietMs = 50
const demoArguments = process.argv.length > 2 ? process.argv.slice(2) : ['--calls-every', '30']
/** Entry point of each role. */
const programs: Record<RoleName, string> = {
  custodian: 'src/app/custodian/custodian.ts',
  capture: 'src/app/capture/capture.ts',
  desk: 'src/app/desk/desk.ts',
  feeds: 'src/app/roles/feeds.ts',
}
const settings = readSettings(process.env, process.cwd())

let isEnding = false
let demo: ChildProcess | undefined = startDemo()
const vite = await createServer({ configFile: join(root, 'web/vite.config.ts'), root: join(root, 'web') })
await vite.listen()
vite.printUrls()

const changed = new Set<string>()
let timer: NodeJS.Timeout | undefined
for (const folder of ['src', 'database/functions'])
  watch(join(root, folder), { recursive: true }, (_, name) => {
    if (name === null || !/\.(?:ts|sql|ya?ml|json)$/.test(name) || /\.test\.ts$/.test(name)) return
    changed.add(join(folder, name))
    clearTimeout(timer)
    timer = setTimeout(() => void applyChanges([...changed]).catch((error: unknown) => print(String(error))), quietMs)
  })

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end())

function print(line: string): void {
  console.log(`dev: ${line}`)
}

function startDemo(): ChildProcess {
  const child = fork(join(root, 'bin/seloste.js'), ['demo', ...demoArguments], { stdio: 'inherit' })
  child.on('exit', (code) => {
    if (demo !== child) return
    demo = undefined
    print(`the demo has ended with ${String(code)}; it starts again at the next change`)
  })
  return child
}

async function applyChanges(paths: string[]): Promise<void> {
  changed.clear()
  if (isEnding) return
  const startedAt = performance.now()
  for (const path of paths) {
    const wrong = syntaxErrorIn(path)
    if (wrong !== undefined) return print(`${path} cannot be read, and nothing starts again: ${wrong}`)
  }
  if (!demo) {
    demo = startDemo()
    return
  }
  const functions = paths.filter((path) => path.endsWith('.sql'))
  if (functions.length > 0) await applyFunctions()
  const reached = readImportGraph().distances(paths.filter((path) => !path.endsWith('.sql')))
  // Restarts these roles, whose connections have cached the old functions' ids. Capture is not restarted, so calls
  // continue.
  const request: readonly RoleName[] = functions.length > 0 ? ['custodian', 'desk'] : []
  const roles = roleNames.filter((role) => reached.has(programs[role]) || request.includes(role))
  for (const role of roles) demo.send({ renew: role } satisfies { renew: RoleName })
  const item = [...(functions.length > 0 ? ['functions applied'] : []), ...roles.map((role) => `${role} starts again`)]
  print(`${paths.join(', ')}: ${item.join(', ') || 'no role has it'} (${Math.round(performance.now() - startedAt)} ms)`)
}

/** Returns the syntax error of a program file, if any. */
function syntaxErrorIn(path: string): string | undefined {
  if (!path.endsWith('.ts') || !existsSync(join(root, path))) return undefined
  try {
    stripTypeScriptTypes(readFileSync(join(root, path), 'utf8'))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

async function applyFunctions(): Promise<void> {
  const url = settings.databaseUrl ?? (await findEmbeddedPostgres(join(settings.dataDirectory, 'database')))?.adminUrl()
  if (url !== undefined) await migrate(url)
}

async function end(): Promise<void> {
  isEnding = true
  const ending = demo
  demo = undefined
  if (ending?.exitCode === null) {
    ending.kill('SIGTERM')
    await once(ending, 'exit')
  }
  await vite.close()
  process.exit()
}
