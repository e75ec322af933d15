import type { FastifyReply, FastifyRequest } from 'fastify'
import { describedNow, offersIdentification, type Desk } from '#app/http/desk.ts'
import { clearRequesterFlow, requesterFlow, setRequesterFlow } from '#app/http/account/session-cookies.ts'
import type { Routes } from '#app/http/routes.ts'
import { languages, type Language } from '#description/closed-lists.ts'
import { sendRequest, type SentRequest } from '#use/requests/home/home-requests.ts'
import { askingOf, isOffered, offeredKinds } from '#use/requests/offered-requests.ts'
import { requesterCallbackPath, type IdentificationRefusal } from '#safeguards/sign-in/requester-paths.ts'
import { answerWord, askingPaths, identifyWord } from './addresses.ts'
import {
  emptyRequest,
  identityCodeProblem,
  readCodeForm,
  readRequestForm,
  type RequestProblems,
  type WrittenRequest,
} from './home-form.ts'
import { answerPage, askingPage, identifiedPage, sentPage, type Asking } from './home-page.ts'
import { html, type Html } from './html.ts'
import type { Pages } from './pages.ts'
import { homeTexts, publicationTexts } from './page-texts.ts'
import type { readingLimit } from './reading-limit.ts'

/**
 * Rate limits of one network, and of all together, which slows a flood from many networks. The latter counts only forms without
 * identification, so that a flood shuts no identified requester out.
 */
const fewRequests = { max: 10, timeWindow: '10 minutes' }
const fewIdentifications = { max: 20, timeWindow: '10 minutes' }
const allRequests = { max: 200, timeWindow: '10 minutes', keyGenerator: () => 'all' }
/** Largest form: the longest texts in characters of four bytes, percent-encoded. */
const bodyLimit = 64 * 1024

/**
 * Serves the page where callers and officials begin a request (R45), if the description in force offers it. No response
 * depends on calls or people in the register, except the letters that the Service Unit left for an identified requester.
 */
export function homeRoutes(app: Routes, desk: Desk, pages: Pages, reading: ReturnType<typeof readingLimit>): void {
  const sending = { onRequest: app.rateLimit(fewRequests), bodyLimit }
  const countAll = app.createRateLimit(allRequests)
  const identifying = { onRequest: app.rateLimit(fewIdentifications), bodyLimit }
  for (const language of languages) routesIn(language)

  app.get(requesterCallbackPath, identifying, async (request, reply) => {
    if (!offersIdentification(desk)) return sendAbsent(request, reply, 'fi')
    const flow = requesterFlow(request)
    clearRequesterFlow(request, reply)
    confidential(reply)
    const query = request.url.slice(request.url.indexOf('?') + 1)
    const done =
      flow === undefined || query.length > 8192 || flow.length > 4096
        ? { refused: 'late' as const }
        : await desk.custodian.home.finish({ flow, query })
    if ('refused' in done)
      return sendFailed(request, reply, ('language' in done ? done.language : undefined) ?? 'fi', done.refused)
    const { language, ticket } = done
    return sendForm(request, reply, language, {
      status: 200,
      content: identifiedPage(askingIn(language), done, { ...emptyRequest, ticket }),
    })
  })

  function routesIn(language: Language): void {
    const path = askingPaths[language]

    app.get(path, reading, async (request, reply) => {
      if (!isAsking()) return sendAbsent(request, reply, language)
      return sendForm(request, reply, language, { content: askingPage(askingIn(language), emptyRequest) })
    })

    app.get(`${path}/${identifyWord[language]}`, identifying, async (request, reply) => {
      if (!offersIdentification(desk)) return sendAbsent(request, reply, language)
      const begun = await desk.custodian.home.begin({ language })
      if ('refused' in begun) return sendFailed(request, reply, language, begun.refused)
      setRequesterFlow(request, reply, begun.flow)
      return confidential(reply).redirect(begun.url, 303)
    })

    app.post(path, sending, async (request, reply) => {
      if (!isAsking()) return sendAbsent(request, reply, language)
      const { written, given, problems } = readRequestForm(request.body, language, askingIn(language).offered)
      const wrong = problems ?? {}
      if (written.ticket !== '') return sendIdentified(request, reply, language, written, given, wrong)
      if (!given || !isOffered(describedNow(desk), given.party, given.kinds)) {
        return sendProblems(request, reply, language, askingPage(askingIn(language), written, wrong))
      }
      const counted = await countAll(request)
      if (!counted.isAllowed && counted.isExceeded) throw tooManyRequests()
      const sent = await sendRequest(desk.db, given)
      if (sent === 'sent') return sendConfirmation(request, reply, language, given)
      if (sent.refused === 'home.full') return sendFull(request, reply, language)
      const found = identityCodeProblem(sent.of, language)
      return sendProblems(request, reply, language, askingPage(askingIn(language), written, found))
    })

    app.post(`${path}/${answerWord[language]}`, identifying, async (request, reply) => {
      if (!offersIdentification(desk)) return sendAbsent(request, reply, language)
      const { code, ticket } = readCodeForm(request.body)
      if (!isTicket.test(ticket)) return sendIdentifyAgain(request, reply, language)
      const { home } = desk.custodian
      const found =
        code === '' || code.length > 200
          ? ({ refused: 'not-found' } as const)
          : await home.fetchAnswer({ ticket, code })
      if (!('refused' in found)) {
        return sendForm(request, confidential(reply), language, {
          status: 200,
          content: answerPage(askingIn(language), found),
        })
      }
      const person = await home.who({ ticket })
      if ('refused' in person) return sendIdentifyAgain(request, reply, language)
      const t = homeTexts(language)
      const problem = t(code === '' ? 'home.code-missing' : 'home.code-unknown')
      const content = identifiedPage(askingIn(language), person, { ...emptyRequest, ticket }, {}, problem)
      return sendProblems(request, reply, language, content)
    })
  }

  async function sendIdentified(
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    written: WrittenRequest,
    given: SentRequest | undefined,
    problems: RequestProblems,
  ) {
    const { ticket } = written
    if (!offersIdentification(desk) || !isTicket.test(ticket)) return sendIdentifyAgain(request, reply, language)
    const { home } = desk.custodian
    let found = problems
    if (given && isOffered(describedNow(desk), given.party, given.kinds)) {
      const { name: _, ...requester } = given.requester
      const sent = await home.send({ ticket, request: { ...given, requester } })
      if (!('refused' in sent)) {
        const { name, code } = sent
        return sendConfirmation(request, reply, language, { ...given, requester: { ...requester, name } }, code)
      }
      if (sent.refused === 'home.full') return sendFull(request, reply, language)
      if (sent.refused === 'home.too-many') throw tooManyRequests()
      if (sent.refused === 'home.identify-again') return sendIdentifyAgain(request, reply, language)
      found = identityCodeProblem(sent.of, language)
    }
    const person = await home.who({ ticket })
    if ('refused' in person) return sendIdentifyAgain(request, reply, language)
    return sendProblems(request, reply, language, identifiedPage(askingIn(language), person, written, found))
  }

  function isAsking(): boolean {
    return askingOf(describedNow(desk)) !== 'off'
  }

  function askingIn(language: Language): Asking {
    const description = describedNow(desk)
    const offered = offeredKinds(description).filter((kind) => isOffered(description, 'CALLER', [kind]))
    const provider = offersIdentification(desk) ? desk.signInConfig.requesterIdentity?.name : undefined
    return { language, description, asking: askingOf(description), offered, provider }
  }

  function sendForm(
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    { content, status, title = homeTexts(language)('home.title') }: { content: Html; status?: number; title?: string },
  ) {
    return pages.send(request, reply, language, {
      ...{ title, content, crumbs: [], addresses: askingPaths },
      ...(status !== undefined && { status }),
    })
  }

  function sendProblems(request: FastifyRequest, reply: FastifyReply, language: Language, content: Html) {
    const t = homeTexts(language)
    // The title names the problem first, for screen readers (WCAG 3.3.1).
    const title = `${t('home.problems-title')} – ${t('home.title')}`
    return sendForm(request, confidential(reply), language, { content, status: 400, title })
  }

  function sendConfirmation(
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    sent: SentRequest,
    code?: string,
  ) {
    const content = sentPage(askingIn(language), sent, { at: desk.clock.now(), code })
    const title = homeTexts(language)('home.sent-title')
    return sendForm(request, confidential(reply), language, { content, status: 200, title })
  }

  function sendFailed(request: FastifyRequest, reply: FastifyReply, language: Language, why: IdentificationRefusal) {
    const t = homeTexts(language)
    const status = why === 'unavailable' ? 503 : 400
    return sendNotice(request, reply, language, status, t('home.failed-title'), t(`home.failed.${why}`))
  }

  function sendIdentifyAgain(request: FastifyRequest, reply: FastifyReply, language: Language) {
    const t = homeTexts(language)
    return sendNotice(request, reply, language, 400, t('home.again-title'), t('home.again'))
  }

  function sendFull(request: FastifyRequest, reply: FastifyReply, language: Language) {
    const t = homeTexts(language)
    const unit = describedNow(desk).rights.unit[language]
    return sendNotice(request, reply, language, 503, t('home.full-title'), t('home.full', { unit }))
  }

  function sendNotice(
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    status: number,
    title: string,
    text: string,
  ) {
    const links = html`<a href="${askingPaths[language]}">${homeTexts(language)('home.back')}</a>`
    return pages.sendNotice(request, confidential(reply), language, { status, title, text, links })
  }

  function sendAbsent(request: FastifyRequest, reply: FastifyReply, language: Language) {
    const t = publicationTexts(language)
    const notice = { title: t('publication.not-found-title'), text: t('publication.not-found-text') }
    return pages.sendNotice(request, reply, language, { status: 404, ...notice })
  }
}

const isTicket = /^[\w-]{1,4096}$/

/** Keeps the URL with the provider's answer from other sites, and a person's pages from search engines and caches. */
function confidential(reply: FastifyReply): FastifyReply {
  return reply
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex')
    .header('cache-control', 'private, no-store')
}

/** Returns the error of an exceeded rate limit, which the pages answer with a notice (RFC 6585, section 4). */
function tooManyRequests(): Error {
  return Object.assign(new Error('too many requests from the public page'), { statusCode: 429 })
}
