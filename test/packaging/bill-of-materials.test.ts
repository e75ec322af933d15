import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { billOfMaterials } from '../../packaging/deb/bill-of-materials.ts'

interface Bill {
  metadata: { timestamp: string; component: { version: string } }
  components: {
    name: string
    purl: string
    licenses?: { expression: string }[]
    hashes?: { alg: string; content: string }[]
  }[]
  dependencies: { dependsOn: string[] }[]
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { integrity: string; version: string }>
}
const path = 'node_modules/@fastify/cookie'
const bundled = [{ name: 'react', version: '19.3.1', identifier: 'MIT' }]
const make = () =>
  billOfMaterials(
    { root: process.cwd(), version: '1.0.0', made: 1_796_150_057 },
    [{ path, integrity: packages[path]!.integrity }],
    bundled,
  )

test('the bill of materials names each package with version, licence and the hash of its archive, also packages bundled into the pages', () => {
  const { components, dependencies, metadata } = JSON.parse(make()) as Bill
  expect(metadata).toMatchObject({ timestamp: '2026-12-01T18:34:17.000Z', component: { version: '1.0.0' } })
  expect(components.map(({ purl }) => purl)).toEqual([
    `pkg:npm/%40fastify/cookie@${packages[path]!.version}`,
    'pkg:npm/react@19.3.1',
  ])
  expect(components[0]).toMatchObject({ licenses: [{ expression: 'MIT' }] })
  expect(components[0]?.hashes?.[0]).toMatchObject({ alg: 'SHA-512', content: expect.stringMatching(/^[\da-f]{128}$/) })
  expect(dependencies[0]?.dependsOn).toEqual(components.map(({ purl }) => purl))
})

test('the same sources result in the same bytes', () => {
  expect(make()).toBe(make())
})
