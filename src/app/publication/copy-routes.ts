import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Desk } from '#app/http/desk.ts'
import type { Routes } from '#app/http/routes.ts'
import { languages, type Language } from '#description/register-description.ts'
import { everyLanguage } from './addresses.ts'
import { copyPage } from './copy-page.ts'
import { copyWords } from './copy-words.ts'
import { html } from './html.ts'
import type { Pages } from './pages.ts'

/** So many from one network address in ten minutes: a link is never guessed, and nobody fetches this often. */
const most = { max: 30, timeWindow: '10 minutes' }
const isToken = /^[\w-]{43}$/

interface Asked {
  Params: { token: string }
  Querystring: { language?: string }
}

/**
 * Where a person who asked for a copy fetches it, once (C1, L6). Whoever opens the page takes nothing: the button does. A link
 * that is wrong, used or over is answered alike, in the browser's language and not in the request's.
 */
export function copyRoutes(app: Routes, desk: Desk, pages: Pages): void {
  app.get<Asked>('/copies/:token', { config: { rateLimit: most } }, async (request, reply) => {
    const { token } = request.params
    const behind = isToken.test(token) ? await desk.custodian.copies.behind({ token }) : {}
    if (!behind.language) return sendGone(request, reply)
    const language = chosen(request) ?? behind.language
    const say = copyWords[language]
    // With a status of its own: it is kept nowhere.
    return pages.send(request, confidential(reply), language, {
      title: say.title,
      crumbs: [],
      addresses: everyLanguage((one) => `/copies/${token}?language=${one}`),
      status: 200,
      content: copyPage(language, `/copies/${token}?language=${language}`),
    })
  })

  app.post<Asked>('/copies/:token', { config: { rateLimit: most } }, async (request, reply) => {
    const { token } = request.params
    const begun = isToken.test(token) ? await desk.custodian.copies.begin({ token }) : {}
    const { copy, recording, sizeBytes } = begun
    if (copy === undefined || recording === undefined || sizeBytes === undefined) return sendGone(request, reply)
    const fetched = { copy, recording, sizeBytes }
    const pieces = Readable.from(piecesOf(desk, fetched), { objectMode: false })
    reply.raw.on('finish', () => {
      // The last byte has been sent; where the connection broke before, this never comes and it may be begun again.
      if (!pieces.readableEnded) return
      desk.custodian.copies.taken(fetched).catch((error: unknown) => {
        request.log.error({ err: error, copy }, 'a copy was fetched, and could not be noted as fetched')
      })
    })
    const name = copyWords[chosen(request) ?? 'fi'].fileName
    return confidential(reply)
      .code(200)
      .type('application/octet-stream')
      .header('content-length', sizeBytes)
      .header('content-disposition', `attachment; filename="${name}.wav.age"`)
      .send(pieces)
  })

  async function sendGone(request: FastifyRequest<Asked>, reply: FastifyReply) {
    const language = chosen(request) ?? preferred(request) ?? 'fi'
    const { goneTitle: title, gone: text } = copyWords[language]
    return pages.send(request, confidential(reply), language, {
      title,
      crumbs: [],
      addresses: everyLanguage((one) => `?language=${one}`),
      status: 404,
      content: html`<article class="sheet">
        <h1>${title}</h1>
        <p>${text}</p>
      </article>`,
    })
  }
}

/** Sealed bytes in order; a copy that ends meanwhile breaks off, so that nobody takes a part for the whole. */
async function* piecesOf(desk: Desk, fetched: { copy: string; recording: string; sizeBytes: number }) {
  for (let from = 0; from < fetched.sizeBytes;) {
    const { bytes } = await desk.custodian.copies.piece({ ...fetched, from })
    if (bytes === undefined) throw new Error('the copy has ended while it was fetched')
    const piece = Buffer.from(bytes, 'base64')
    from += piece.length
    yield piece
  }
}

/** The link is a secret: no other site is told of it, and no search engine. */
function confidential(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'private, no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
}

function chosen({ query }: FastifyRequest<Asked>): Language | undefined {
  return languages.find((one) => one === query.language)
}

/** The first of a browser's languages that there is. */
function preferred({ headers }: FastifyRequest<Asked>): Language | undefined {
  const wanted = (headers['accept-language'] ?? '').split(',').map((one) => one.trim().slice(0, 2).toLowerCase())
  return wanted.flatMap((one) => languages.filter((known) => known === one))[0]
}
