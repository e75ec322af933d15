import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readSettings } from '#platform/config/settings.ts'
import { checkEdge } from './check-edge.ts'

const folder = await mkdtemp(join(tmpdir(), 'seloste-edge-'))
afterAll(() => rm(folder, { recursive: true }))

test.each([
  ['addresses and networks of eight', '192.0.2.10, 192.0.2.16/29, 2001:db8::8/125', undefined, undefined],
  ['a network', '192.0.2.10, 198.51.100.0/28', undefined, '198.51.100.0/28'],
  ['an IPv6 network', '2001:db8:7::/64', undefined, '2001:db8:7::/64'],
  ['a network with a named trunk in it', '198.51.100.0/24', '198.51.100.7', undefined],
  ['a network within a named trunk', '198.51.100.0/24', '198.51.0.0/16', undefined],
  ['a network beside a named trunk', '198.51.100.0/24', '203.0.113.7', '198.51.100.0/24'],
])(
  '%s in SELOSTE_SIP_SOURCES: a warning only if many hosts would be one trunk',
  async (_what, sources, from, named) => {
    const trunksFile = join(folder, 'trunks.yaml')
    if (from !== undefined) await writeFile(trunksFile, `trunks: [{ name: border, from: "${from}", client: x }]`)
    const environment = { SELOSTE_SIP_SOURCES: sources, ...(from !== undefined && { SELOSTE_TRUNKS: trunksFile }) }
    const found = checkEdge(readSettings(environment, folder)).filter(({ check }) => check === 'sip.wide-trunks')
    expect(found.map(({ says }) => /of (\S+) is of one trunk/.exec(says)?.[1])).toEqual(
      named === undefined ? [] : [named],
    )
  },
)
