import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleLibrariesIfStale } from './bundle-libraries.ts'
import { bundleFile, bundledLibraries, stamp } from './bundled-libraries.ts'

const libraries = Object.keys(bundledLibraries)
let parent: string
let folder: string

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'seloste-bundled-'))
  folder = join(parent, 'libraries')
  await bundleLibrariesIfStale(folder)
})

afterAll(() => rm(parent, { recursive: true }))

/** Runs a script in a process that uses the libraries bundled in `folder`. Returns the result of the script. */
async function inProcess<Answer>(script: string): Promise<Answer> {
  const module = pathToFileURL(join(import.meta.dirname, 'bundled-libraries.ts')).href
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '--eval'],
    `const { useBundledLibraries } = await import(${JSON.stringify(module)})
     const used = useBundledLibraries(${JSON.stringify(folder)})
     console.log(JSON.stringify(await (${script})(used)))`,
  ])
  return JSON.parse(stdout) as Answer
}

const resolved = `() => ${JSON.stringify(libraries)}.map((name) => import.meta.resolve(name))`

test('a bundled library has all exports of the original', async () => {
  for (const library of libraries) {
    const [bundled, original] = (await Promise.all([
      import(pathToFileURL(join(folder, bundleFile(library))).href),
      import(library),
    ])) as [object, object]
    expect(Object.keys(bundled).sort(), library).toEqual(Object.keys(original).sort())
  }
})

test('an import uses the bundle, and two bundles of one package share modules', async () => {
  expect(await inProcess(resolved)).toEqual(libraries.map((name) => pathToFileURL(join(folder, bundleFile(name))).href))
  const countErrors = `async () => {
    const [{ Settings }, { Compile }, { Type }] = await Promise.all(
      ['typebox/system', 'typebox/compile', 'typebox'].map((name) => import(name)),
    )
    const countErrors = (maxErrors) => {
      Settings.Set({ maxErrors })
      return Compile(Type.Array(Type.String())).Errors([1, 2, 3]).length
    }
    return [countErrors(1), countErrors(8)]
  }`
  expect(await inProcess(countErrors)).toEqual([1, 3])
})

test('a bundle of another version than the pinned one is not used, and bundling again corrects that', async () => {
  const versions = await readFile(join(folder, stamp), 'utf8')
  await writeFile(join(folder, stamp), versions.replace('kysely', 'kysely 0.0.1'))
  expect(await inProcess('(used) => used')).toBe(false)
  expect(JSON.stringify(await inProcess(resolved))).not.toContain(parent)
  await bundleLibrariesIfStale(folder)
  expect(await inProcess('(used) => used')).toBe(true)
})

test('the command itself imports none of these libraries, so that it can choose the bundles before the first import', async () => {
  const hook = `import { registerHooks } from 'node:module'
    const libraries = ${JSON.stringify(libraries)}
    registerHooks({ resolve: (name, context, next) => (libraries.includes(name) && console.error(name), next(name, context)) })`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...['--import', `data:text/javascript,${encodeURIComponent(hook)}`],
    ...[join(import.meta.dirname, 'main.ts'), '--version'],
  ])
  expect(stderr).toBe('')
  expect(stdout).toContain('Seloste')
})
