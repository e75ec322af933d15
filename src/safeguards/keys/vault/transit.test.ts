import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { startTransit, type ReceivedRequest, type Fault, type TransitServer } from '#test/keys/transit-server.ts'
import { openTransit } from './transit-keys.ts'

const folder = await mkdtemp(join(tmpdir(), 'seloste-vault-'))
const server = await startTransit()
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const tokenFile = join(folder, 'token')
beforeEach(async () => {
  server.fault = undefined
  await writeFile(tokenFile, `${server.token}\n`, { mode: 0o600 })
})

const settings = (of: TransitServer = server) => ({
  kind: 'vault' as const,
  url: of.url,
  mount: 'transit',
  prefix: 'seloste-',
  tokenFile,
  namespace: undefined as string | undefined,
  caFile: undefined as string | undefined,
})
const quick = { requestMs: 300, pauseMs: 2 }
let named = 0
const newLabel = () => `month-2027-03.v${++named}`
const purpose = 'shard 1'
const items = [{ secret: randomBytes(32), purpose }]

/** A store with one key in it, and something that it wrapped. */
async function openWithKey() {
  const keys = await openTransit(settings(), quick)
  const label = newLabel()
  await keys.make(label)
  const [wrapped] = await keys.wrap(label, items)
  return { keys, label, wrapped: wrapped! }
}

/** Makes this many requests of this kind fail. */
function failWith(kind: RegExp, fault: Fault, times = Infinity): void {
  let failuresLeft = times
  server.fault = (requests) =>
    kind.test(`${requests.method} ${requests.path}`) && failuresLeft-- > 0 ? fault : undefined
}

const away = (words: RegExp) => ({ code: 'KEY_STORE_AWAY', message: expect.stringMatching(words) as string })

/** Returns the fault of an action. Its message must be one line, without a token. */
async function faultOf(act: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown as { code: string; message: string },
  )
  expect(error, 'no fault was thrown').toBeDefined()
  expect(error!.message).not.toMatch(/\n/)
  expect(error!.message).not.toContain(server.token)
  return error!
}

async function requestsOf(act: () => Promise<unknown>): Promise<ReceivedRequest[]> {
  const before = server.asked.length
  await act()
  return server.asked.slice(before)
}

describe('a key server with a faulty answer, by', () => {
  const faults: [string, Fault][] = [
    ['answering late', { answersAfterMs: 700 }],
    ['cutting the connection after it has carried out the request', 'cut'],
    ['sending half an answer', 'cut-amid'],
    ['answering that it is overloaded (429)', { instead: { status: 429, body: { errors: ['slow down'] } } }],
    ['answering with an internal error (500)', { instead: { status: 500, body: { errors: ['internal error'] } } }],
    ['answering with the page of a proxy (502)', { instead: { status: 502, body: '<html>Bad gateway</html>' } }],
    ['answering with something else (200)', { instead: { status: 200, body: '<html>Welcome</html>' } }],
    ['answering with nothing (200)', { instead: { status: 200, body: '' } }],
    ['answering twice', 'twice'],
  ]
  test.each(faults)('%s once, gets the request again, and its work counts once', async (_, fault) => {
    for (const kind of [/^GET .*keys/, /^POST .*keys\/[^/]*$/, /encrypt/, /decrypt/, /config/, /^DELETE/]) {
      const keys = await openTransit(settings(), quick)
      const label = newLabel()
      failWith(kind, fault, 1)
      await keys.make(label)
      const [wrapped] = await keys.wrap(label, items)
      expect(await keys.unwrap(label, [{ wrapped: wrapped!, purpose }])).toEqual([items[0]!.secret])
      expect(await keys.destroy(label)).toMatch(/deleted, then not found/)
      expect(server.keys.has(`seloste-${label}`)).toBe(false)
      expect(await keys.has(label)).toBe(false)
    }
  })

  test.each(faults.slice(0, -1))('always %s, is unavailable after three tries', async (_, fault) => {
    const { keys, label, wrapped } = await openWithKey()
    failWith(/./, fault)
    const began = performance.now()
    for (const act of [
      () => keys.has(label),
      () => keys.wrap(label, items),
      () => keys.unwrap(label, [{ wrapped, purpose }]),
      () => keys.destroy(label),
      () => keys.labels(),
    ]) {
      const requests = await requestsOf(async () => expect((await faultOf(act())).code).toBe('KEY_STORE_AWAY'))
      expect(requests).toHaveLength(3)
    }
    expect(performance.now() - began).toBeLessThan(5 * 3 * 2 * quick.requestMs)
    server.fault = undefined
    expect(await keys.has(label)).toBe(true)
  })

  test('that carries out a deletion long after the request does not delete a later key of the same name', async () => {
    const { keys, label } = await openWithKey()
    failWith(/^DELETE/, { doesAfterMs: 500 }, 1)
    await keys.destroy(label)
    server.fault = undefined
    await keys.make(label)
    const [wrapped] = await keys.wrap(label, items)
    await pause(700)
    expect(await keys.unwrap(label, [{ wrapped: wrapped!, purpose }])).toEqual([items[0]!.secret])
  })

  test('that does not exist is unavailable, with the reason', async () => {
    const gone = await startTransit()
    await gone.stop()
    expect(await faultOf(openTransit(settings(gone), quick))).toMatchObject(
      away(/does not answer .*ECONNREFUSED.*3 times/),
    )
  })

  test('that is sealed gets the advice to unseal it', async () => {
    const { keys, label } = await openWithKey()
    failWith(/./, { instead: { status: 503, body: { errors: ['Vault is sealed'] } } })
    expect(await faultOf(keys.has(label))).toMatchObject(away(/is sealed: unseal it/))
  })
})

describe('a key server that answers wrongly', () => {
  const results = (body: unknown) => (body as { data: { batch_results: Record<string, unknown>[] } }).data.batch_results
  const changed = (change: (results: Record<string, unknown>[]) => void): Fault => ({
    changed: (reported) => {
      change(results(reported.body))
      return reported
    },
  })
  const two = [...items, { secret: randomBytes(32), purpose: 'shard 2' }]

  test.each<[string, Fault]>([
    ['with the results in another order', changed((all) => all.reverse())],
    [
      'with the results in another order and without references',
      changed((all) => {
        for (const result of all) delete result['reference']
        all.reverse()
      }),
    ],
    ['with too few results', changed((all) => all.pop())],
    ['with too many results', changed((all) => all.push(all[0]!))],
    ['with a reference of an earlier request', changed((all) => (all[0]!['reference'] = '0'))],
    [
      'with another ciphertext',
      changed((all) => (all[1]!['ciphertext'] = `vault:v1:${randomBytes(60).toString('base64')}`)),
    ],
    ['with an empty result', changed((all) => (all[0]!['ciphertext'] = ''))],
    ['with an error in one result', changed((all) => (all[0] = { ...all[0], ciphertext: undefined, error: 'no' }))],
  ])('has wrapped nothing if it answers %s', async (_, fault) => {
    const { keys, label } = await openWithKey()
    failWith(/encrypt/, fault)
    expect((await faultOf(keys.wrap(label, two))).code).toMatch(/^KEY_(FORGED|STORE_AWAY)$/)
    server.fault = undefined
    expect(await keys.wrap(label, two)).toHaveLength(2)
  })

  test('when unwrapping, with mixed-up, missing or invalid results, is refused', async () => {
    const { keys, label } = await openWithKey()
    const wrapped = (await keys.wrap(label, two)).map((ciphertext, index) => ({
      wrapped: ciphertext,
      purpose: two[index]!.purpose,
    }))
    for (const fault of [
      changed((all) => all.reverse()),
      changed((all) => all.pop()),
      changed((all) => (all[1]!['reference'] = `${crypto.randomUUID()}.1`)),
      changed((all) => (all[1]!['plaintext'] = 7)),
    ]) {
      failWith(/decrypt/, fault)
      expect((await faultOf(keys.unwrap(label, wrapped))).code).toBe('KEY_STORE_AWAY')
    }
  })

  test.each<[string, RegExp, Fault]>([
    ['reports a deletion and does not delete', /^DELETE/, { instead: { status: 204, body: undefined } }],
    ['refuses to delete', /^DELETE/, { instead: { status: 400, body: { errors: ['deletion is not allowed'] } } }],
  ])('that %s is reported: the key still exists', async (_, kind, fault) => {
    const { keys, label, wrapped } = await openWithKey()
    failWith(kind, fault)
    expect(await faultOf(keys.destroy(label))).toMatchObject({
      code: 'KEY_STAYS',
      message: expect.stringContaining(`seloste-${label}, and it is still there`) as string,
    })
    server.fault = undefined
    expect(await keys.unwrap(label, [{ wrapped, purpose }])).toEqual([items[0]!.secret])
    expect(await keys.destroy(label)).toMatch(/deleted, then not found/)
  })

  test('that reports a deleted key as not found but still unwraps with it is reported: the key still exists', async () => {
    const { keys, label } = await openWithKey()
    let isDeleted = false
    server.fault = ({ method }) => {
      if (method === 'DELETE') {
        isDeleted = true
        return { instead: { status: 204, body: undefined } }
      }
      return isDeleted && method === 'GET' ? { instead: { status: 404, body: { errors: [] } } } : undefined
    }
    expect(await faultOf(keys.destroy(label))).toMatchObject({
      code: 'KEY_STAYS',
      message: expect.stringContaining('still decrypts with it') as string,
    })
  })

  test.each([
    ['a mount that does not exist', { status: 404, body: { errors: ['no handler for route "transit/keys"'] } }],
    ['a proxy', { status: 404, body: '<html>Not found</html>' }],
    ['another service with JSON answers', { status: 404, body: { message: 'not found' } }],
  ])('a key not found by %s does not count as missing', async (_, instead) => {
    const { keys, label, wrapped } = await openWithKey()
    failWith(/./, { instead })
    for (const act of [
      () => keys.has(label),
      () => keys.destroy(label),
      () => keys.labels(),
      () => keys.wrap(label, items),
      () => keys.unwrap(label, [{ wrapped, purpose }]),
      () => keys.make(newLabel()),
    ]) {
      expect((await faultOf(act())).code).toBe('KEY_STORE_AWAY')
    }
    // Also during a destruction, if the key is deleted and then something else answers instead of the server.
    server.fault = undefined
    let isDeleted = false
    server.fault = ({ method }) => {
      if (isDeleted) return { instead }
      isDeleted = method === 'DELETE'
      return undefined
    }
    expect((await faultOf(keys.destroy(label))).code).toBe('KEY_STORE_AWAY')
    server.fault = undefined
    expect(await keys.destroy(label)).toBeUndefined()
  })

  test('is not used for a key that it would export, or reports under another name', async () => {
    const { keys, label } = await openWithKey()
    server.keys.get(`seloste-${label}`)!.exportable = true
    expect(await faultOf(keys.wrap(label, items))).toMatchObject({
      code: 'KEY_STORE_OPEN_TO_OTHERS',
      message: expect.stringContaining('its exportable is true') as string,
    })
    failWith(/^GET/, {
      changed: (reported) => ({
        ...reported,
        body: { data: { ...(reported.body as { data: object }).data, name: 'another' } },
      }),
    })
    expect(await faultOf(keys.has(label))).toMatchObject(away(/returned another key/))
  })
})

describe('a key server', () => {
  test('wraps 1,024 secrets in a request, and does not allow the deletion of a key until it is to be destroyed', async () => {
    const { label } = await openWithKey()
    const keys = await openTransit(settings(), { ...quick, requestMs: 10_000 })
    const many = Array<(typeof items)[0]>(2_500).fill(items[0]!)
    const requests = await requestsOf(() => keys.wrap(label, many))
    expect(requests.map(({ method, path }) => `${method} ${path.split('/')[1]!}`)).toEqual([
      'GET keys',
      ...Array<string[]>(3).fill(['POST encrypt', 'POST decrypt']).flat(),
    ])
    expect(server.keys.get(`seloste-${label}`)!.deletion_allowed).toBe(false)
  })

  test('gets the namespace of the settings', async () => {
    const requests = await requestsOf(() => openTransit({ ...settings(), namespace: 'agency/calls' }, quick))
    expect(requests).toEqual([{ method: 'GET', path: 'transit/keys?list=true', namespace: 'agency/calls' }])
  })

  test('that refuses a token is reported with the token’s file, and a new token in the file is used without a restart', async () => {
    const { keys, label } = await openWithKey()
    const old = server.token
    server.token = `hvs.${randomBytes(8).toString('hex')}`
    expect(await faultOf(keys.has(label))).toMatchObject(away(/refuses GET .* \(403\): renew the token in .*token/))
    expect((await faultOf(keys.has(label))).message).not.toContain(old)
    await writeFile(tokenFile, server.token)
    expect(await keys.has(label)).toBe(true)
  })

  test('gets a token only from a file that not everybody may read and that has nothing else', async () => {
    const { keys, label } = await openWithKey()
    await chmod(tokenFile, 0o604)
    expect(await faultOf(keys.has(label))).toMatchObject({ code: 'KEY_STORE_OPEN_TO_OTHERS' })
    await chmod(tokenFile, 0o640)
    expect(await keys.has(label)).toBe(true)
    for (const content of ['', '\n', `${server.token}\nmore\n`]) {
      await writeFile(tokenFile, content)
      expect(await faultOf(keys.has(label))).toMatchObject(away(/only line/))
    }
    await rm(tokenFile)
    expect(await faultOf(keys.has(label))).toMatchObject(away(/cannot be read from .*ENOENT/))
  })

  const withoutOpenssl = spawnSync('openssl', ['version']).status === 0 ? '' : ' (openssl is not installed)'
  test.skipIf(withoutOpenssl !== '')(
    `is trusted over TLS only if its certificate is from the authority in ca-file${withoutOpenssl}`,
    async () => {
      const [key, cert] = [join(folder, 'tls.key'), join(folder, 'tls.pem')]
      const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=vault -addext subjectAltName=IP:127.0.0.1`
      expect(spawnSync('openssl', [...words.split(' '), '-keyout', key, '-out', cert]).status).toBe(0)
      const secure = await startTransit({ key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') })
      await writeFile(tokenFile, secure.token)
      const keys = await openTransit({ ...settings(secure), caFile: cert }, { ...quick, requestMs: 2_000 })
      await keys.make('month-2027-04.v1')
      expect(await keys.labels()).toEqual(['month-2027-04.v1'])
      expect(await faultOf(openTransit(settings(secure), quick))).toMatchObject(away(/SELF_SIGNED|self.signed/i))
      await secure.stop()
    },
  )
})
