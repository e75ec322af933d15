import type { FastifyReply, FastifyRequest } from 'fastify'
import { describedNow, type Desk } from '#app/http/desk.ts'
import { sessionToken } from '#app/http/account/session-cookies.ts'
import type { Language } from '#description/closed-lists.ts'
import { confinementOf } from '#use/requests/offices/room.ts'
import { askingOf } from '#use/requests/offered-requests.ts'
import { useSession, type Session } from '#safeguards/people/session.ts'
import { descriptionPaths, versionsAddresses } from './addresses.ts'
import { sendPage, sendCacheable } from './send-page.ts'
import type { PublicationFiles } from './files.ts'
import { renderPage, type PageLayout } from './page-layout.ts'
import { html, type Html } from './html.ts'
import { publicationTexts } from './page-texts.ts'

export interface Page extends Pick<PageLayout, 'title' | 'crumbs' | 'here' | 'addresses' | 'content'> {
  /** Organisation shown on the page; default: the current controller. */
  organisation?: string
  /** The reader's session, if the route has read it already. */
  session?: Session | undefined
  /** 200 by default. */
  status?: number
}

export interface Pages {
  /** Sends a page in the service's layout. Without a session and a status it may be cached, and is revalidated. */
  send: (request: FastifyRequest, reply: FastifyReply, language: Language, page: Page) => Promise<FastifyReply>
  /** Sends a short page with an error or a notice. */
  sendNotice: (
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    notice: { status: number; title: string; text: string; links?: Html },
  ) => Promise<FastifyReply>
  /** Returns the reader's session, if there is one. Public pages are also sent without the database. */
  session: (request: FastifyRequest) => Promise<Session | undefined>
}

export function pagesOf(desk: Desk, files: PublicationFiles): Pages {
  const pages: Pages = {
    async send(request, reply, language, page) {
      const { session = await pages.session(request), organisation, status, ...frame } = page
      const body = renderPage({
        ...frame,
        language,
        organisation: organisation ?? describedNow(desk).controller.name[language],
        signedIn: session !== undefined,
        isAsking: askingOf(describedNow(desk)) !== 'off',
        styleVersion: files.styleVersion,
      })
      if (session || status !== undefined) return sendPage(reply, body, status)
      return sendCacheable(request, reply, { type: 'text/html; charset=utf-8', body })
    },
    sendNotice(request, reply, language, { status, title, text, links }) {
      const t = publicationTexts(language)
      const elsewhere = html`<a href="${descriptionPaths[language]}">${t('publication.description')}</a> ·
        <a href="${versionsAddresses()[language]}">${t('publication.all-versions')}</a>`
      const content = html`<article class="sheet">
        <h1>${title}</h1>
        <p>${text}</p>
        <p>${links ?? elsewhere}</p>
      </article>`
      return pages.send(request, reply, language, { title, crumbs: [], content, status })
    },
    async session(request) {
      const token = sessionToken(request)
      // In the listening mode the host's rights do not apply.
      if (!token || (await confinementOf(desk.db, token, undefined))) return undefined
      return useSession(desk.db, token, desk.clock.now())
    },
  }
  return pages
}
