/**
 * Debian's OpenID provider for tests: Glewlwyd, a server that an agency could run, set up through its own API.
 * In: who may sign in there. Out: its issuer. Never: an answer of ours; its pages, its keys and its database are its own.
 */
import { spawn, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'

/** `apt-get install glewlwyd`. */
export const hasGlewlwyd = spawnSync('glewlwyd', ['--version']).error === undefined

export interface Glewlwyd {
  issuer: string
  stop: () => Promise<void>
}

export const glewlwydClient = { id: 'seloste', secret: 'only-for-tests-and-long-enough' }

const schema = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3'
/** Of an installation that nobody has set up yet. */
const administrator = { username: 'admin', password: 'password' }
const readyMs = 20_000

/**
 * @param publicUrl where Seloste is, for the way back
 * @param people by the names that they type there, with their passwords
 */
export async function runGlewlwyd(publicUrl: string, people: Readonly<Record<string, string>>): Promise<Glewlwyd> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-glewlwyd-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const database = new DatabaseSync(join(folder, 'database'))
  database.exec(await readFile(schema, 'utf8'))
  database.close()
  const settings = join(folder, 'glewlwyd.conf')
  await layPages(join(folder, 'pages'))
  await writeFile(settings, await settingsOf(port, folder))
  const running = spawn('glewlwyd', [`--config-file=${settings}`], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
  const stop = async () => {
    running.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const ask = await signInAsAdministrator(`${url}/api`, () => running.exitCode === null)
    const issuer = `${url}/api/oidc`
    await ask('PUT', '/scope/openid', { ...asked, display_name: 'Open ID' })
    await ask('POST', '/mod/plugin/', {
      module: 'oidc',
      name: 'oidc',
      display_name: 'OpenID Connect',
      parameters: providerOf(issuer),
    })
    await ask('POST', '/client/', {
      client_id: glewlwydClient.id,
      client_secret: glewlwydClient.secret,
      name: 'Seloste',
      confidential: true,
      enabled: true,
      redirect_uri: [`${publicUrl}/api/session/identity-provider/callback`],
      authorization_type: ['code'],
    })
    for (const [username, password] of Object.entries(people)) {
      const scope = ['openid']
      await ask('POST', '/user/', { username, password, name: username, enabled: true, scope })
    }
    return { issuer, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Whoever asks for it types a password. */
const asked = { description: 'For Seloste', password_required: true, password_max_age: 0, scheme: {} }

/** Its pages as a web server of Debian's lays them together: it serves none itself that a link leads to elsewhere. */
async function layPages(folder: string): Promise<void> {
  await cp('/usr/share/glewlwyd/webapp', folder, {
    recursive: true,
    dereference: true,
    filter: (from) => !from.endsWith('config.json'),
  })
  await cp('/usr/share/glewlwyd/templates/config.json', join(folder, 'config.json'))
  const scripts = ['javascript/jquery/jquery', 'nodejs/popper.js/dist/umd/popper', 'nodejs/bootstrap/dist/js/bootstrap']
  for (const path of scripts) {
    await cp(`/usr/share/${path}.min.js`, join(folder, 'js', `${path.split('/').at(-1) ?? ''}.min.js`))
  }
}

async function settingsOf(port: number, folder: string): Promise<string> {
  const debians = await readFile('/etc/glewlwyd/glewlwyd.conf', 'utf8')
  return debians
    .replace(/^@include.*$/m, `database = { type = "sqlite3"; path = "${folder}/database" };`)
    .replace(/^port=.*$/m, `port=${port}\nbind_address="127.0.0.1"`)
    .replace(/^external_url=.*$/m, `external_url="http://127.0.0.1:${port}"`)
    .replace(/^log_file=.*$/m, `log_file="${folder}/log"`)
    .replace(/^# static_files_path=.*$/m, `static_files_path="${folder}/pages/"`)
}

function providerOf(issuer: string): Record<string, unknown> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    iss: issuer,
    'subject-type': 'public',
    // Another one would be asked for on one more page.
    'allowed-scope': ['openid'],
    'jwt-type': 'rsa',
    'jwt-key-size': '256',
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: publicKey.export({ type: 'spki', format: 'pem' }),
    'jwks-show': true,
    'access-token-duration': 3600,
    'refresh-token-duration': 3600,
    'code-duration': 600,
    'session-cookie-name': 'GLEWLWYD2_OIDC_SESSION',
    'session-cookie-expiration': 3600,
    'auth-type-code-enabled': true,
    'auth-type-token-enabled': false,
    'auth-type-id-token-enabled': true,
    'auth-type-password-enabled': false,
    'auth-type-client-enabled': false,
    'auth-type-device-enabled': false,
    'auth-type-refresh-enabled': false,
    'allow-non-oidc': false,
    'pkce-allowed': true,
    'pkce-required': true,
    claims: [
      {
        name: 'preferred_username',
        'user-property': 'username',
        type: 'string',
        mandatory: true,
        'on-demand': false,
        scope: [],
      },
    ],
  }
}

type Ask = (method: string, path: string, body: object) => Promise<void>

async function signInAsAdministrator(api: string, isRunning: () => boolean): Promise<Ask> {
  const send = (method: string, path: string, body: object, cookie = '') =>
    fetch(api + path, { method, headers: { 'content-type': 'application/json', cookie }, body: JSON.stringify(body) })
  const deadline = performance.now() + readyMs
  for (;;) {
    const answer = await send('POST', '/auth/', administrator).catch(() => undefined)
    if (answer?.ok) {
      const cookie = answer.headers
        .getSetCookie()
        .map((one) => one.split(';')[0])
        .join('; ')
      return async (method, path, body) => {
        const done = await send(method, path, body, cookie)
        if (!done.ok) throw new Error(`Glewlwyd does not take ${method} ${path}: ${done.status} ${await done.text()}`)
      }
    }
    if (!isRunning() || performance.now() > deadline) throw new Error('Glewlwyd does not start')
    await wait(50)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
