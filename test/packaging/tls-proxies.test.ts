/** Starts each TLS proxy of docs/operate/examples/proxy that this machine has, and sends requests through it. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import {
  createServer,
  request as plainRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http'
import { request } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../whole/free-ports.ts'

const examples = 'docs/operate/examples/proxy'
/** Debian installs some proxies in a folder where only root looks for programs. */
const path = `${process.env['PATH'] ?? ''}:/usr/sbin`
const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: path } }).status === 0

interface Ports {
  http: number
  https: number
  desk: number
}

/** Commands that run the example of each proxy in a folder, with other ports and files. */
const proxies: Record<
  string,
  { file: string; start: (text: string, folder: string, ports: Ports) => Promise<string[]> }
> = {
  nginx: {
    file: 'nginx.conf',
    async start(text, folder, { http, https }) {
      const own = text
        .replaceAll('listen 80', `listen ${http}`)
        .replaceAll('listen 443', `listen ${https}`)
        .replaceAll(/^ *listen \[::\].*\n/gm, '')
        .replace('/etc/ssl/private', folder)
        .replace('/etc/ssl', folder)
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${folder}/${name};`)
        .join('\n')
      // If root runs the proxy, its workers would run as another user, who may not enter the folder.
      const user = process.getuid?.() === 0 ? 'user root; ' : ''
      await writeFile(
        join(folder, 'main.conf'),
        `${user}daemon off; pid ${folder}/pid; error_log stderr; events {}\nhttp {\naccess_log off;\n${temporary}\n${own}}\n`,
      )
      return ['nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'main.conf')]
    },
  },
  caddy: {
    file: 'Caddyfile',
    async start(text, folder, { http, https }) {
      const own = text.replace('/etc/ssl/private', folder).replace('/etc/ssl', folder)
      const options = `{\n\tadmin off\n\thttp_port ${http}\n\thttps_port ${https}\n\tskip_install_trust\n}\n`
      await writeFile(join(folder, 'Caddyfile'), `${options}${own}`)
      return ['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')]
    },
  },
  haproxy: {
    file: 'haproxy.cfg',
    async start(text, folder, { http, https }) {
      const own = text
        .replace(':::80 v4v6', `127.0.0.1:${http}`)
        .replace(':::443 v4v6', `127.0.0.1:${https}`)
        .replaceAll('/etc/haproxy/seloste.pem', join(folder, 'seloste.pem'))
      await writeFile(join(folder, 'haproxy.cfg'), own)
      const pem = ['seloste.pem', 'seloste.key'].map((name) => readFileSync(join(folder, name), 'utf8'))
      await writeFile(join(folder, 'seloste.pem'), pem.join(''))
      return ['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')]
    },
  },
}

describe.each(Object.keys(proxies))('%s', (name) => {
  describe.skipIf(!has(name) || !has('openssl'))('with the configuration in docs/operate/examples/proxy', () => {
    const { file, start } = proxies[name]!
    const ports: Ports = { http: 0, https: 0, desk: 0 }
    let [folder, certificate, output] = ['', '', '']
    let desk: Server
    let proxy: ChildProcess
    /** Sends the second half of /stream. */
    let endStream = () => undefined as void

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), `seloste-${name}-`))
      desk = createServer((incoming, answer) => {
        if (incoming.url === '/stream') {
          answer.write('data: first\n\n')
          endStream = () => void answer.end('data: second\n\n')
          return
        }
        let bytes = 0
        incoming.on('data', (chunk: Buffer) => (bytes += chunk.length))
        incoming.on('end', () => answer.end(JSON.stringify({ headers: incoming.headers, bytes })))
      })
      desk.listen(0, '127.0.0.1')
      await once(desk, 'listening')
      Object.assign(ports, {
        desk: (desk.address() as AddressInfo).port,
        http: await freePort(),
        https: await freePort(),
      })
      const [pem, key] = ['seloste.pem', 'seloste.key'].map((one) => join(folder, one)) as [string, string]
      const subject = ['-subj', '/CN=seloste.example', '-addext', 'subjectAltName=DNS:seloste.example', '-days', '2']
      const making = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject]
      execFileSync('openssl', [...making, '-keyout', key, '-out', pem], { stdio: 'ignore' })
      certificate = await readFile(pem, 'utf8')
      const text = await readFile(join(examples, file), 'utf8')
      const [program, ...args] = await start(text.replace('127.0.0.1:8080', `127.0.0.1:${ports.desk}`), folder, ports)
      proxy = spawn(program!, args, {
        env: { PATH: path, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [proxy.stdout, proxy.stderr])
        stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
      const deadline = performance.now() + 60_000
      while (!(await listens(ports.https))) {
        if (proxy.exitCode !== null || performance.now() > deadline)
          throw new Error(`${name} does not start: ${output}`)
        await wait(50)
      }
    }, 120_000)
    afterAll(async () => {
      if (proxy?.exitCode === null) {
        proxy.kill('SIGTERM')
        await once(proxy, 'exit')
      }
      desk?.closeAllConnections()
      desk?.close()
      await rm(folder, { recursive: true, force: true })
    })

    const ask = (target: string, headers: Record<string, string> = {}, body?: Buffer) => {
      const sent = request({
        ...{ host: '127.0.0.1', port: ports.https, servername: 'seloste.example', ca: certificate, path: target },
        ...{ method: body ? 'PUT' : 'GET', headers: { host: 'seloste.example', ...headers }, agent: false },
      })
      sent.end(body)
      return sent
    }
    async function answerTo(target: string, headers?: Record<string, string>, body?: Buffer) {
      const sent = ask(target, headers, body)
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      let text = ''
      for await (const chunk of response) text += String(chunk)
      return { status: response.statusCode, text }
    }

    test('sends the visitor’s address and TLS in its own headers, whatever headers the visitor sends', async () => {
      const { text } = await answerTo('/api/session', {
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'elsewhere.example',
        forwarded: 'for=203.0.113.9;proto=http',
      })
      const { headers } = JSON.parse(text) as { headers: IncomingHttpHeaders }
      expect(String(headers['x-forwarded-for'])).toMatch(/(^|, ?)127\.0\.0\.1$/)
      expect(headers['x-forwarded-proto']).toBe('https')
      expect(headers['x-forwarded-host'] ?? 'seloste.example').toBe('seloste.example')
      expect(headers.host).toBe('seloste.example')
      expect(headers['forwarded']).toBeUndefined()
    })

    test('forwards a stream as it arrives', async () => {
      const [response] = (await once(ask('/stream'), 'response')) as [IncomingMessage]
      const [first] = (await once(response, 'data')) as [Buffer]
      expect(first.toString()).toBe('data: first\n\n')
      endStream()
      const [second] = (await once(response, 'data')) as [Buffer]
      expect(second.toString()).toBe('data: second\n\n')
    })

    test('accepts the largest upload', async () => {
      const { text } = await answerTo('/api/file', {}, Buffer.alloc(9 * 1024 * 1024))
      expect((JSON.parse(text) as { bytes: number }).bytes).toBe(9 * 1024 * 1024)
    })

    test('shows the metrics to nobody, and redirects from HTTP to HTTPS', async () => {
      expect((await answerTo('/metrics')).status).toBe(404)
      const sent = plainRequest({
        ...{ host: '127.0.0.1', port: ports.http, path: '/rekisteriseloste', headers: { host: 'seloste.example' } },
      })
      sent.end()
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      response.resume()
      expect([301, 302, 307, 308]).toContain(response.statusCode)
      expect(response.headers.location).toMatch(/^https:\/\/seloste\.example(:\d+)?\/rekisteriseloste$/)
    })
  })
})

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}
