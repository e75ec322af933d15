import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import { isApi } from './is-api.ts'
import type { Routes } from './routes.ts'
import { refuse } from './refuse.ts'

const noncePlaceholder = /__CSP_NONCE__/g

/** Serves the web interface: hashed assets, which are cached for ever, and the page, with a new nonce each time (CSP level 3). */
export async function webFiles(app: Routes, folder: string): Promise<void> {
  const page = join(folder, 'index.html')
  if (existsSync(folder)) {
    await app.register(fastifyStatic, {
      root: join(folder, 'assets'),
      prefix: '/assets/',
      immutable: true,
      // Uses the compressed variants that `npm run build` writes (build-web.ts).
      preCompressed: true,
      maxAge: '365d',
      decorateReply: false,
    })
    // Icons and other files without a hash. The page itself is only sent by sendPage.
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      globIgnore: ['index.html', 'built-from', 'licenses.json', 'assets/**'],
      decorateReply: false,
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
    if (!wantsPage || isApi(request)) return refuse(reply, 'not-found')
    if (!existsSync(page)) {
      return refuse(reply, 'unavailable', { message: 'The web interface is not built: run "npm run build".' })
    }
    return sendPage(reply, await readFile(page, 'utf8'))
  })
}

function sendPage(reply: FastifyReply, html: string) {
  const nonce = randomBytes(18).toString('base64')
  return reply
    .code(200)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', pagePolicy(nonce))
    .send(html.replace(noncePlaceholder, nonce))
}

function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
