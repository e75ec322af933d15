// The repository's own rules, each with its remedy. Reports file:line of every breach. There are no exceptions.
import { readdirSync, readFileSync, existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

interface Ban {
  /** Rule, used as the test's title. */
  rule: string
  pattern: RegExp
  instead: string
  /** Returns true for paths to which the rule applies. */
  where: (path: string) => boolean
}

const root = resolve(import.meta.dirname, '../..')
const skippedFolders = /^(node_modules|\.git|var|dist(-\d+)?|coverage|test-results|playwright-report)$/
const itself = 'test/house/tidy.test.ts'
const paths = listFiles('').filter((path) => path !== itself)

const isText = (path: string) =>
  /\.(ts|tsx|js|cjs|mjs|json|ya?ml|sql|md|css|html|sh|txt)$/.test(path) || path === '.ci/run'
const isCode = (path: string) => /\.(ts|tsx|js|cjs|mjs)$/.test(path)
const isWritten = (path: string) => isText(path) && path !== 'package-lock.json' && !path.startsWith('test/vectors/')
const isSourceCode = (path: string) => isCode(path) && !path.endsWith('.d.ts')
/** Returns true for files whose tool requires a default export. */
const isConfig = (path: string) => /(^|\/)([^/]+\.config|global-setup)\.(ts|js)$/.test(path)

const bans: Ban[] = [
  {
    rule: 'no enums',
    pattern: /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s/,
    instead: "a union of string literals ('open' | 'closed'): it needs no run-time code and reads the same in JSON",
    where: isSourceCode,
  },
  {
    rule: 'no default exports',
    pattern: /^\s*export\s+(default\b|\{[^}]*\bas default\b)/,
    instead: 'a named export, so that one thing has one name everywhere',
    where: (path) => isSourceCode(path) && !isConfig(path),
  },
  {
    rule: 'no printing from inside the program',
    pattern: /\bconsole\.(log|info|warn|error|debug)\(/,
    instead: 'return or throw; the process log is platform/log, and only src/app/cli speaks to a terminal',
    where: (path) =>
      isSourceCode(path) &&
      !/^(src\/app\/cli|test|bench|engines\/[^/]+\/bench|packaging|scripts|bin)\/|[.]test[.]ts$/.test(path),
  },
  {
    rule: 'no colour outside tokens.css, where it has its other one in the dark',
    pattern: /\b(hsla?|rgba?|oklch)\(|: [^;]*#[0-9a-f]{3,8}\b/i,
    instead: "a colour's name of web/src/styles/tokens.css",
    where: (path) => path.startsWith('web/src/styles/') && !path.endsWith('/tokens.css'),
  },
  {
    rule: 'no notes to self',
    pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
    instead: 'do it, or write what is missing where users will read it (docs, CHANGELOG)',
    where: isWritten,
  },
  {
    rule: 'no calendar arithmetic on Date',
    pattern: /\.set(UTC)?(Month|FullYear|Date)\(/,
    instead: "Temporal: 31 August plus six months is 28 February, and Date's answer is 3 March",
    where: isSourceCode,
  },
  {
    rule: 'no paths of one machine',
    pattern: /(?<![\w.~-])\/(work|root|home\/\w+)\//,
    instead: 'a path relative to the repository, or a setting',
    where: isWritten,
  },
  {
    rule: 'no package registry hosts',
    pattern: /\b(registry\.(npmjs|yarnpkg)\.\w+|deb\.debian\.org|pypi\.org|crates\.io)\b/,
    instead: 'nothing: whoever installs brings their own registry settings',
    where: isText,
  },
  {
    rule: 'a test title says the rule, not what should happen',
    pattern: /\b(test|it)(\.\w+)*\(\s*['"`]should\b/i,
    instead: '"a recording past its term cannot be played"',
    where: isSourceCode,
  },
  {
    rule: 'no cast to any',
    pattern: /\bas any\b(?!\s+(?!as\b)\w)/,
    instead: 'unknown and a check, or the true type',
    where: isSourceCode,
  },
  {
    rule: 'no test that keeps the others from running',
    pattern: /\b(test|it|describe|suite)\.only\(/,
    instead: 'the same without .only; `npx vitest run <file>` runs one file',
    where: isSourceCode,
  },
  {
    rule: 'no skipped tests',
    pattern: /\b(test|it|describe|suite)\.(skip|todo|fixme)\(/,
    instead: 'make it pass or delete it; what a machine lacks is decided by .skipIf with its reason',
    where: isSourceCode,
  },
]

test.each(bans)('$rule', ({ pattern, instead, where }) => {
  const breaches = paths.filter(where).flatMap((path) => breachesIn(path, pattern))
  expect(breaches, `Instead: ${instead}`).toEqual([])
})

test('folders and files are named for their content', () => {
  const vague = /^(utils?|commons?|core|helpers?|services?|managers?|misc|lib|shared|stuff)(\.|$)/
  const breaches = paths.filter(
    (path) =>
      /^(src|web\/src|test|bench)\//.test(path) &&
      path
        .split('/')
        .slice(1)
        .some((part) => vague.test(part)),
  )
  expect(breaches, 'Instead: the noun of the domain or the verb it does').toEqual([])
})

test('file names are kebab-case', () => {
  const breaches = paths.filter(
    (path) => /^(src|web\/src|test|bench)\/.*\.(ts|tsx)$/.test(path) && /[A-Z]/.test(basename(path)),
  )
  expect(breaches, 'Instead: seal-recording.ts').toEqual([])
})

test('there are no barrels: no file only re-exports others', () => {
  const breaches = paths.filter(isSourceCode).filter((path) => {
    const code = withoutComments(read(path)).trim()
    return (
      code !== '' &&
      code.replace(/export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+['"][^'"]+['"];?/g, '').trim() === ''
    )
  })
  expect(breaches, 'Instead: import from the file that has it').toEqual([])
})

test('every version in package.json is exact', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string> | undefined>
  const loose = ['dependencies', 'devDependencies', 'optionalDependencies']
    .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
  expect(loose, 'Instead: npm install --save-exact').toEqual([])
})

test('the lock file names no download URLs', () => {
  expect(
    breachesIn('package-lock.json', /"resolved": "[a-z+]+:/),
    'Instead: npm install --omit-lockfile-registry-resolved',
  ).toEqual([])
})

test('the changelog has a section for unreleased changes', () => {
  expect(read('CHANGELOG.md')).toMatch(/^## \[Unreleased\]$/m)
})

// Numbers and status of decisions are checked when their index is made.
test('decisions have context, decision and consequences', () => {
  // A superseded decision may consist of a line and the place of its text.
  for (const path of paths.filter((one) => /^docs\/decisions\/\d{4}-/.test(one))) {
    if (/^Status: superseded by /m.test(read(path)) && read(path).split('\n').length <= 6) continue
    for (const heading of ['## Context', '## Decision', '## Consequences'])
      expect(read(path), path).toContain(`\n${heading}\n`)
  }
})

test('links between documents lead to existing targets', () => {
  const broken = paths
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)\s#]+)(#[^)]*)?\)/g)]
        .map(([, target]) => target ?? '')
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    )
  expect(broken).toEqual([])
})

test('every file that the contract names as answering an operation exists', () => {
  const answered = paths
    .filter((path) => path.startsWith('src/app/http/contract/'))
    .flatMap((path) =>
      [...(/Answered in (.+)/.exec(read(path))?.[1] ?? '').matchAll(/\S+\.ts/g)].map(([target]) =>
        join(dirname(path), target),
      ),
    )
  expect(answered).not.toEqual([])
  expect(answered.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('the paths in ARCHITECTURE.md name existing files without ambiguity, and each title has the right number of files', () => {
  const [, ...sections] = read('ARCHITECTURE.md').split(/^### (?=.*: \d+ files$)/m)
  expect(sections).toHaveLength(3)
  for (const section of sections) {
    const [title = '', ...lines] = section.split(/^## /m)[0]!.split('\n')
    const rows = lines.filter((line) => line.startsWith('| ') && !line.startsWith('| where |'))
    const names = rows.flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name))
    const unclear = names.filter(
      (name) =>
        paths.filter((path) => /^(src|web|database|texts)\//.test(path) && path.endsWith(`/${name}`)).length !== 1,
    )
    expect(unclear, 'Instead: the name of one file, with its folder where another has the same').toEqual([])
    expect(title).toContain(`: ${new Set(names).size} files`)
  }
})

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return skippedFolders.test(entry.name) ? [] : listFiles(path)
    return entry.isFile() ? [path] : []
  })
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function breachesIn(path: string, pattern: RegExp): string[] {
  return read(path)
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`] : []))
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
