import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Proof } from '#app/http/contract/plan.ts'
import { describedNow, type Desk } from '#app/http/desk.ts'
import type { Routes } from '#app/http/routes.ts'
import { cookieName } from '#app/http/signed-in.ts'
import { publishDescription } from '#description/publish/publish-description.ts'
import { languages, type Language } from '#description/register-description.ts'
import { useSession, type Session } from '#safeguards/people/session.ts'
import { descriptionPaths, filesPath, versionAddresses, versionsAddresses, versionsWord } from './addresses.ts'
import { answerPage, answerVisitor } from './answer-page.ts'
import { descriptionPage, type PlacedVersion } from './description-page.ts'
import { evidenceOf } from './evidence.ts'
import { readPublicationFiles } from './files.ts'
import { framedPage, type Frame } from './frame.ts'
import { html, type Html } from './html.ts'
import { inForceNow, momentOf, placeVersions } from './place-version.ts'
import { readChanges } from './read-changes.ts'
import { versionsPage } from './versions-page.ts'
import { words } from './words.ts'

const htmlType = 'text/html; charset=utf-8'
const year = 'public, max-age=31536000, immutable'

/** What the pages take from elsewhere. */
export interface PublicationSources {
  readProofs: () => Promise<readonly Proof[]>
}

/** The register description and what belongs to it, in three languages, as pages, PDF and JSON. */
export async function publicationRoutes(app: Routes, desk: Desk, sources: PublicationSources): Promise<void> {
  const files = await readPublicationFiles()

  app.get(`${filesPath}/page.css`, async (_request, reply) =>
    reply.header('cache-control', year).type('text/css; charset=utf-8').send(files.css),
  )
  for (const [name, font] of files.fonts) {
    app.get(`${filesPath}/${name}`, async (_request, reply) =>
      reply.header('cache-control', year).type('font/woff2').send(font),
    )
  }

  for (const language of languages) {
    const path = descriptionPaths[language]
    app.get(path, async (request, reply) =>
      sendVersion(request, reply, language, inForceNow(placed()), 'page', descriptionPaths),
    )
    app.get(`${path}/${versionsWord[language]}`, async (request, reply) => {
      const content = versionsPage(placed(), await readChanges(desk.db), language)
      return sendPage(request, reply, language, {
        title: words[language].versionsTitle,
        here: words[language].versions,
        crumbs: [{ label: words[language].description, href: path }],
        addresses: versionsAddresses(),
        content,
      })
    })
    app.get<{ Params: { version: string } }>(`${path}/:version`, async (request, reply) => {
      const asked = /^([1-9]\d{0,8})$/.exec(request.params.version)
      const found = asked && placed().find(({ version }) => version.version === Number(asked[1]))
      if (!found) return sendNotFound(request, reply, language, asked?.[1])
      return sendVersion(request, reply, language, found, 'page', versionAddresses(found.version.version))
    })
  }

  function placed(): PlacedVersion[] {
    return placeVersions(desk.versions.all, desk.clock.now())
  }

  async function sendVersion(
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    version: PlacedVersion,
    _form: 'page',
    addresses: Record<Language, string>,
  ) {
    const { description } = version.version
    const document = publishDescription(description, language, momentOf(version, desk.clock.now()))
    const session = await visitorSession(request)
    const evidence = session && evidenceOf(await sources.readProofs())
    const say = words[language]
    const kind = description.profile === 'seed' ? say.description : say.notice
    const isOwnAddress = addresses !== descriptionPaths
    return sendPage(request, reply, language, {
      title: isOwnAddress ? `${kind}, ${say.version.toLowerCase()} ${version.version.version}` : kind,
      crumbs: isOwnAddress
        ? [
            { label: kind, href: descriptionPaths[language] },
            { label: say.versions, href: versionsAddresses()[language] },
          ]
        : [],
      ...(isOwnAddress && { here: `${say.version} ${version.version.version}` }),
      addresses,
      session,
      organisation: description.controller.name[language],
      content: descriptionPage(document, version, evidence),
    })
  }

  async function sendPage(
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    page: Pick<Frame, 'title' | 'crumbs' | 'here' | 'addresses' | 'content'> & {
      organisation?: string
      session?: Session | undefined
    },
  ) {
    const { session = await visitorSession(request), organisation, ...rest } = page
    const body = framedPage({
      ...rest,
      language,
      organisation: organisation ?? describedNow(desk).controller.name[language],
      signedIn: session !== undefined,
      styleVersion: files.styleVersion,
    })
    return session ? answerPage(reply, body) : answerVisitor(request, reply, { type: htmlType, body })
  }

  async function sendNotFound(request: FastifyRequest, reply: FastifyReply, language: Language, version?: string) {
    const say = words[language]
    const content: Html = html`<article class="sheet">
      <h1>${say.notFoundTitle}</h1>
      <p>${version === undefined ? say.notFoundText : say.noSuchVersion(version)}</p>
      <p><a href="${descriptionPaths[language]}">${say.description}</a> · <a href="${versionsAddresses()[language]}">${say.allVersions}</a></p>
    </article>`
    const body = framedPage({
      language,
      title: say.notFoundTitle,
      crumbs: [],
      organisation: describedNow(desk).controller.name[language],
      signedIn: (await visitorSession(request)) !== undefined,
      styleVersion: files.styleVersion,
      content,
    })
    return answerPage(reply, body, 404)
  }

  /** Who reads, if it is somebody signed in; a page that anyone may read needs no database for anyone. */
  async function visitorSession(request: FastifyRequest): Promise<Session | undefined> {
    const token = request.cookies[cookieName]
    if (!token) return undefined
    return useSession(desk.db, token, desk.clock.now())
  }
}
