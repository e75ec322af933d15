/** Bill of materials of the package: everything of others that it contains, in CycloneDX 1.6 (ECMA-424). */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Installed {
  /** `node_modules/pg` */
  path: string
  /** Integrity hash in package-lock.json. */
  integrity?: string | undefined
}

/** Package of the web bundle, as Vite lists it (build.license). */
export interface BundledPackage {
  name: string
  version: string
  /** SPDX expression. */
  identifier: string | null
}

interface Manifest {
  name: string
  version: string
  license?: string | { type?: string } | undefined
}

interface Component {
  type: 'library' | 'application'
  'bom-ref': string
  name: string
  version: string
  purl: string
  licenses?: { expression: string }[]
  hashes?: { alg: string; content: string }[]
  properties?: { name: string; value: string }[]
}

/**
 * Returns the text of the bill: packages that run on the server, and packages bundled into the pages (`bundled`).
 * @param root of the repository
 * @param bundled licenses.json, as Vite wrote it, and what it does not list
 * @param made time of the commit, in seconds since 1970; the same sources give the same bytes
 */
export function billOfMaterials(
  { root, version, made }: { root: string; version: string; made: number },
  installed: readonly Installed[],
  bundled: readonly BundledPackage[],
): string {
  const server = installed.map(({ path, integrity }) => component(manifestOf(join(root, path)), integrity))
  const pages = bundled.map(({ name, version, identifier }) => ({
    ...component({ name, version, license: identifier ?? undefined }),
    properties: [{ name: 'seloste:bundled-into', value: 'web/dist' }],
  }))
  const known = new Set<string>()
  const components = [...server, ...pages]
    .filter((one) => !known.has(one['bom-ref']) && known.add(one['bom-ref']))
    .toSorted((one, other) => (one['bom-ref'] < other['bom-ref'] ? -1 : 1))
  const own = { type: 'application', 'bom-ref': 'seloste', name: 'seloste', version, licenses: licences('EUPL-1.2') }
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialOf(JSON.stringify([version, components])),
    version: 1,
    metadata: { timestamp: new Date(made * 1000).toISOString(), component: own },
    components,
    dependencies: [{ ref: 'seloste', dependsOn: components.map((one) => one['bom-ref']) }],
  }
  return `${JSON.stringify(bill, null, 2)}\n`
}

function manifestOf(folder: string): Manifest {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) throw new Error(`${path} is missing: npm ci brings it`)
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

function component({ name, version, license }: Manifest, integrity?: string): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const expression = typeof license === 'string' ? license : license?.type
  return {
    type: name.startsWith('node-linux-') ? 'application' : 'library',
    'bom-ref': purl,
    ...{ name, version, purl },
    ...(expression !== undefined && { licenses: licences(expression) }),
    ...(integrity !== undefined && { hashes: [hashOf(integrity)] }),
  }
}

function licences(expression: string) {
  return [{ expression }]
}

/** @param integrity `sha512-…`, of the archive from the registry (Subresource Integrity) */
function hashOf(integrity: string): { alg: string; content: string } {
  const [name = '', digest = ''] = integrity.split(' ')[0]!.split(/-(.*)/)
  return { alg: name.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }
}

/** Returns a UUID of the content (RFC 9562, version 8). */
function serialOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
