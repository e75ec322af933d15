import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

interface Pod {
  hostNetwork?: boolean
  automountServiceAccountToken: boolean
  securityContext: { runAsNonRoot: boolean; runAsUser: number }
  containers: {
    name: string
    image: string
    env: { name: string; value?: string; valueFrom?: unknown }[]
    securityContext: { readOnlyRootFilesystem: boolean; capabilities: { drop: string[] } }
    volumeMounts: { name: string }[]
  }[]
  volumes: { name: string; secret?: { secretName: string } }[]
}
interface Resource {
  kind: string
  metadata: { name: string }
  spec: { template?: { spec: Pod }; volumeClaimTemplates?: { metadata: { name: string } }[] }
}

const chart = resolve(import.meta.dirname, '../../packaging/helm/seloste')
const renderer = join(import.meta.dirname, 'render-chart.go')
const goPath = '/usr/share/gocode'
const isLong = process.env['SELOSTE_LONG'] === '1'
const hasHelm = spawnSync('helm', ['version']).status === 0
const hasGo = spawnSync('go', ['version']).status === 0 && existsSync(join(goPath, 'src/github.com/Masterminds/sprig'))

test('the chart has the version of the program', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const described = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as { version: string; appVersion: string }
  expect(described).toMatchObject({ version, appVersion: version })
})

// Uses Helm if it is installed; otherwise Go's templates, which take a minute to compile.
describe.skipIf(!hasHelm && !(isLong && hasGo))('the chart', () => {
  let folder = ''
  let plain: Resource[] = []
  let full: Resource[] = []
  let [withoutSources, withoutProxies] = ['', '']
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seloste-chart-'))
    const values = join(folder, 'values.yaml')
    await writeFile(
      values,
      'feeds: { enabled: true, ports: [9090] }\nsecrets: { sipsCertificate: seloste-sips }\nsettings: { SELOSTE_PUBLIC_URL: "https://seloste.example" }\ndesk: { proxies: [10.0.0.0/8], metricsSources: [10.1.0.0/16] }\ncapture: { hostNetwork: false, sources: [192.0.2.10, "2001:db8::/64"] }\nobjects: { existingClaim: ceph }\n',
    )
    const min = join(folder, 'least.yaml')
    await writeFile(min, 'capture: { sources: [192.0.2.10] }\ndesk: { proxies: [10.0.0.0/8] }\n')
    plain = render([min])
    full = render([values])
    withoutSources = failure(['desk: { proxies: [10.0.0.0/8] }'])
    withoutProxies = failure(['capture: { sources: [192.0.2.10] }'])
  }, 600_000)
  afterAll(() => rm(folder, { recursive: true }))

  function failure([text]: [string]): string {
    const path = join(folder, 'lacking.yaml')
    writeFileSync(path, text)
    const { stdout, stderr, status } = run([path])
    expect(status, stdout).not.toBe(0)
    return stderr
  }

  function run(values: string[]) {
    const command = hasHelm
      ? ['helm', 'template', 'demo', chart, ...values.flatMap((path) => ['-f', path])]
      : ['go', 'run', renderer, chart, 'demo', ...values]
    return spawnSync(command[0]!, command.slice(1), {
      encoding: 'utf8',
      env: { ...process.env, ...(hasHelm ? {} : { GO111MODULE: 'off', GOPATH: goPath, GOFLAGS: '' }) },
    })
  }

  function render(values: string[]): Resource[] {
    const { stdout, stderr } = run(values)
    const documents = parseAllDocuments(stdout, { version: '1.1' })
    const wrong = documents.flatMap(({ errors }) => errors)
    expect(stdout, stderr).not.toBe('')
    expect(wrong).toEqual([])
    return documents.map((one) => one.toJS() as Resource | null).filter((one) => one !== null)
  }

  const pods = (resources: Resource[]) =>
    resources.flatMap(({ spec, metadata: { name } }) => (spec.template ? [{ name, pod: spec.template.spec }] : []))
  const podOf = (resources: Resource[], name: string) => pods(resources).find((one) => one.name === name)!.pod

  test('has the processes, their services, budgets and policies', () => {
    const named = (resources: Resource[]) => resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()
    expect(named(plain)).toEqual(
      [
        'StatefulSet demo-custodian',
        'StatefulSet demo-capture',
        'Deployment demo-desk',
        'Job demo-prepare',
        'PersistentVolumeClaim demo-objects',
        ...['custodian', 'capture', 'desk'].flatMap((role) => [
          `Service demo-${role}`,
          `PodDisruptionBudget demo-${role}`,
          `NetworkPolicy demo-${role}`,
        ]),
        'NetworkPolicy demo',
      ].sort(),
    )
    const more = named(full).filter((one) => !named(plain).includes(one))
    expect(more).toEqual(['NetworkPolicy demo-feeds', 'StatefulSet demo-feeds'])
    expect(named(full)).not.toContain('PersistentVolumeClaim demo-objects')
  })

  test('allows no client by default: without sources of calls, or addresses of the ingress, it is not rendered', () => {
    expect(withoutSources).toContain('capture.sources is empty')
    expect(withoutProxies).toContain('desk.proxies is empty')
    const settingOf = (name: string, setting: string) =>
      podOf(full, name).containers[0]?.env.find((one) => one.name === setting)?.value
    expect(settingOf('demo-capture', 'SELOSTE_SIP_SOURCES')).toBe('192.0.2.10,2001:db8::/64')
    expect(settingOf('demo-desk', 'SELOSTE_PROXIES')).toBe('10.0.0.0/8')
    expect(settingOf('demo-desk', 'SELOSTE_METRICS_SOURCES')).toBe('10.1.0.0/16')
    expect(JSON.stringify([plain, full])).not.toContain('0.0.0.0/0')
  })

  test('runs nothing as root, without writes to the image or capabilities, and each role as a user of its own', () => {
    const users = pods(full).map(({ name, pod }) => {
      expect(pod.automountServiceAccountToken, name).toBe(false)
      expect(pod.securityContext.runAsNonRoot, name).toBe(true)
      for (const { securityContext } of pod.containers) {
        expect(securityContext, name).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
      }
      return pod.securityContext.runAsUser
    })
    expect(new Set(users).size).toBe(users.length)
  })

  test('names secrets and never contains them, and gives the desk neither the draw key nor recordings', () => {
    for (const { name, pod } of pods(full)) {
      const [container] = pod.containers
      expect(container?.env.find((one) => one.name === 'DATABASE_URL')?.valueFrom, name).toBeDefined()
      const mounted = container?.volumeMounts.map((one) => one.name) ?? []
      const known = [...pod.volumes.map((one) => one.name), 'data']
      expect(
        mounted.filter((one) => !known.includes(one)),
        name,
      ).toEqual([])
    }
    const desk = podOf(full, 'demo-desk').volumes.map((one) => one.name)
    expect(desk).not.toContain('draw')
    expect(desk).not.toContain('objects')
  })

  test('gives capture its node’s network if requested, and the policies name its peers and ports', () => {
    expect(podOf(plain, 'demo-capture').hostNetwork).toBe(true)
    expect(podOf(full, 'demo-capture').hostNetwork).toBeUndefined()
    const policy = full.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'demo-capture')
    const { ingress } = policy!.spec as unknown as { ingress: { from: unknown; ports: unknown[] }[] }
    expect(ingress[0]?.from).toEqual([{ ipBlock: { cidr: '192.0.2.10/32' } }, { ipBlock: { cidr: '2001:db8::/64' } }])
    expect(ingress[0]?.ports).toContainEqual({ port: 30_000, endPort: 39_999, protocol: 'UDP' })
  })
})
