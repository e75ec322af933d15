import { describedNow, type Desk } from '#app/http/desk.ts'
import type { Routes } from '#app/http/routes.ts'
import { languages, type Language } from '#description/closed-lists.ts'
import { answerFeedback, storeFeedback, listFeedback } from '#safeguards/feedback/feedback.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { everyLanguage, feedbackListPaths, feedbackPaths, receivedWord, statementPaths } from './addresses.ts'
import { formatInstant } from './dates.ts'
import { readAnswer, readFeedback } from './feedback-form.ts'
import { feedbackListPage, feedbackPage, receivedPage } from './feedback-page.ts'
import { html } from './html.ts'
import type { Pages } from './pages.ts'
import type { readingLimit } from './reading-limit.ts'
import { statementPage } from './statement-page.ts'
import { accessibilityTexts, feedbackTexts, publicationTexts } from './page-texts.ts'

/** Rate limit of messages from one network address. */
const maxMessages = { max: 5, timeWindow: '10 minutes' }
const answerDays = 14
const isId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Serves the accessibility statement, the feedback form and the administrator's list of feedback (L34). */
export function accessibilityRoutes(
  app: Routes,
  desk: Desk,
  pages: Pages,
  reading: ReturnType<typeof readingLimit>,
): void {
  // One limit over the form's routes in all languages.
  const fewMessages = { onRequest: app.rateLimit(maxMessages) }
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  )
  for (const language of languages) routesIn(language)

  function routesIn(language: Language): void {
    const t = feedbackTexts(language)
    const statement = { label: accessibilityTexts(language)('accessibility.title'), href: statementPaths[language] }
    const form = feedbackPaths[language]
    const received = `${form}/${receivedWord[language]}`

    app.get(statementPaths[language], reading, async (request, reply) => {
      const session = await pages.session(request)
      return pages.send(request, reply, language, {
        title: statement.label,
        crumbs: [],
        addresses: statementPaths,
        session,
        content: statementPage(describedNow(desk), language, session !== undefined),
      })
    })

    app.get(form, reading, async (request, reply) =>
      pages.send(request, reply, language, {
        title: t('feedback.title'),
        crumbs: [statement],
        addresses: feedbackPaths,
        content: feedbackPage(language),
      }),
    )

    app.post(form, fewMessages, async (request, reply) => {
      const read = readFeedback(request.body, language)
      if ('problems' in read) {
        return pages.send(request, reply, language, {
          // The title names the problem first, for screen readers (WCAG 3.3.1).
          title: `${t('feedback.problems-title')} – ${t('feedback.title')}`,
          here: t('feedback.title'),
          crumbs: [statement],
          addresses: feedbackPaths,
          status: 400,
          content: feedbackPage(language, read.written, read.problems),
        })
      }
      const due = await storeFeedback(desk.db, read.given)
      if (due !== 'full') return reply.redirect(received, 303)
      return pages.sendNotice(request, reply, language, {
        status: 503,
        title: t('feedback.full-title'),
        text: t('feedback.full'),
        links: html`<a href="${statement.href}">${statement.label}</a>`,
      })
    })

    app.get(received, reading, async (request, reply) =>
      pages.send(request, reply, language, {
        title: t('feedback.received-title'),
        crumbs: [statement],
        addresses: everyLanguage((one) => `${feedbackPaths[one]}/${receivedWord[one]}`),
        content: receivedPage(language, formatInstant(desk.clock.now().add({ hours: 24 * answerDays }), language)),
      }),
    )

    app.get(feedbackListPaths[language], async (request, reply) => sendList(request, reply, language))

    app.post<{ Params: { id: string } }>(`${feedbackListPaths[language]}/:id`, async (request, reply) => {
      const session = await pages.session(request)
      if (!session) return sendSignIn(request, reply, language)
      const { id } = request.params
      const { answer, problem } = readAnswer(request.body, language)
      if (problem !== undefined) return sendList(request, reply, language, { id, answer, problem })
      const outcome = isId.test(id) ? await answerFeedback(desk.db, session, id, answer) : 'gone'
      if (outcome === 'answered') return reply.redirect(feedbackListPaths[language], 303)
      if (outcome === 'deny.role') return sendDenied(request, reply, language)
      return pages.sendNotice(request, reply, language, {
        status: 409,
        title: t('feedback.gone-title'),
        text: t('feedback.gone'),
        links: html`<a href="${feedbackListPaths[language]}">${t('feedback.list-title')}</a>`,
      })
    })
  }

  async function sendList(
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    wrong?: { id: string; answer: string; problem: string },
  ) {
    const session = await pages.session(request)
    if (!session) return sendSignIn(request, reply, language)
    const all = await listFeedback(desk.db, session)
    if (all === 'deny.role') return sendDenied(request, reply, language)
    return pages.send(request, reply, language, {
      title: feedbackTexts(language)('feedback.list-title'),
      crumbs: [{ label: accessibilityTexts(language)('accessibility.title'), href: statementPaths[language] }],
      addresses: feedbackListPaths,
      session,
      ...(wrong && { status: 400 }),
      content: feedbackListPage(all, language, desk.clock.now(), wrong),
    })
  }

  function sendSignIn(request: FastifyRequest, reply: FastifyReply, language: Language) {
    const t = feedbackTexts(language)
    return pages.sendNotice(request, reply, language, {
      status: 401,
      title: t('feedback.sign-in-title'),
      text: t('feedback.sign-in'),
      links: html`<a href="/">${publicationTexts(language)('publication.sign-in')}</a>`,
    })
  }

  function sendDenied(request: FastifyRequest, reply: FastifyReply, language: Language) {
    const t = feedbackTexts(language)
    const [title, text] = [t('feedback.denied-title'), t('feedback.denied')]
    return pages.sendNotice(request, reply, language, { status: 403, title, text })
  }
}
