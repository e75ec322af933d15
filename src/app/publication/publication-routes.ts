import { createHash } from 'node:crypto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Proof } from '#app/http/contract/plan.ts'
import type { Desk } from '#app/http/desk.ts'
import type { Routes } from '#app/http/routes.ts'
import { publishDescription } from '#description/publish/publish-description.ts'
import { recordOfProcessing } from '#description/publish/record-of-processing.ts'
import { languages, type Language } from '#description/closed-lists.ts'
import { readPublished } from '#safeguards/versions/versions.ts'
import { accessibilityRoutes } from './accessibility-routes.ts'
import { descriptionPaths, filesPath, languageOf, versionAddresses, versionsAddresses } from './addresses.ts'
import { sendCacheable } from './send-page.ts'
import { copyDownloadRoutes, packageDownloadRoutes } from './copy-routes.ts'
import { descriptionPage } from './description-page.ts'
import { evidenceOf } from './evidence.ts'
import { readPublicationFiles } from './files.ts'
import { homeRoutes } from './home-routes.ts'
import { pagesOf } from './pages.ts'
import { descriptionPdf } from './pdf/description-pdf.ts'
import { versionInForce, renderingInstant, addVersionStates, type VersionWithState } from './version-states.ts'
import { readingLimit } from './reading-limit.ts'
import { versionsPage } from './versions-page.ts'
import { publicationTexts } from './page-texts.ts'

const immutableCacheControl = 'public, max-age=31536000, immutable'

/** Dependencies of the public pages. */
export interface PublicationSources {
  readProofs: () => Promise<readonly Proof[]>
}

/** Serves the register description and its related documents, in three languages, as pages, PDF and JSON. */
export async function publicationRoutes(app: Routes, desk: Desk, sources: PublicationSources): Promise<void> {
  const files = await readPublicationFiles()
  const pages = pagesOf(desk, files)
  const pdfs = new Map<string, Promise<Buffer>>()

  // A separate scope, because errors here are sent as pages, not as JSON.
  await app.register(async (scope: Routes) => {
    scope.setErrorHandler((error: FastifyError, request, reply) => answerFault(error, request, reply))
    const reading = readingLimit(scope)

    scope.get(`${filesPath}/page.css`, async (_request, reply) =>
      reply.header('cache-control', immutableCacheControl).type('text/css; charset=utf-8').send(files.css),
    )
    for (const [name, font] of files.pageFonts) {
      scope.get(`${filesPath}/${name}`, async (_request, reply) =>
        reply.header('cache-control', immutableCacheControl).type('font/woff2').send(font),
      )
    }
    for (const language of languages) {
      const path = descriptionPaths[language]
      scope.get(path, reading, async (request, reply) =>
        sendPage(request, reply, language, versionInForce(versionsWithState()), descriptionPaths),
      )
      scope.get(`${path}.pdf`, reading, async (request, reply) =>
        sendPdf(request, reply, language, versionInForce(versionsWithState())),
      )
      scope.get(`${path}.json`, reading, async (request, reply) =>
        sendJson(request, reply, language, versionInForce(versionsWithState())),
      )
      scope.get(versionsAddresses()[language], reading, async (request, reply) =>
        sendVersions(request, reply, language),
      )
      scope.get<{ Params: { version: string } }>(`${path}/:version`, reading, async (request, reply) => {
        const [, number, form] = /^([1-9]\d{0,8})(\.pdf|\.json)?$/.exec(request.params.version) ?? []
        const version = versionsWithState().find((one) => one.version.version === Number(number))
        if (!version) return sendNotFound(request, reply, language, number)
        if (form === '.pdf') return sendPdf(request, reply, language, version)
        if (form === '.json') return sendJson(request, reply, language, version)
        return sendPage(request, reply, language, version, versionAddresses(version.version.version))
      })
    }
    accessibilityRoutes(scope, desk, pages, reading)
    homeRoutes(scope, desk, pages, reading)
    copyDownloadRoutes(scope, desk, pages)
    packageDownloadRoutes(scope, desk, pages)
  })

  function versionsWithState(): VersionWithState[] {
    return addVersionStates(desk.versions.all, desk.clock.now())
  }

  function documentOf(version: VersionWithState, language: Language) {
    return publishDescription(version.version.description, language, renderingInstant(version, desk.clock.now()))
  }

  async function sendPage(
    request: FastifyRequest,
    reply: FastifyReply,
    language: Language,
    version: VersionWithState,
    addresses: Record<Language, string>,
  ) {
    const { description } = version.version
    const session = await pages.session(request)
    const evidence = session && evidenceOf(await sources.readProofs())
    const t = publicationTexts(language)
    const kind = description.profile === 'seed' ? t('publication.description') : t('publication.notice')
    const isOwnAddress = addresses !== descriptionPaths
    return pages.send(request, reply, language, {
      title: isOwnAddress ? `${kind}, ${t('publication.version').toLowerCase()} ${version.version.version}` : kind,
      crumbs: isOwnAddress
        ? [
            { label: kind, href: descriptionPaths[language] },
            { label: t('publication.versions'), href: versionsAddresses()[language] },
          ]
        : [],
      ...(isOwnAddress && { here: `${t('publication.version')} ${version.version.version}` }),
      addresses,
      session,
      organisation: description.controller.name[language],
      content: descriptionPage(documentOf(version, language), version, evidence),
    })
  }

  async function sendVersions(request: FastifyRequest, reply: FastifyReply, language: Language) {
    const published = await readPublished(desk.db)
    const changes = new Map(published.map((one) => [one.version, one.changes]))
    const t = publicationTexts(language)
    return pages.send(request, reply, language, {
      title: t('publication.versions-title'),
      here: t('publication.versions'),
      crumbs: [{ label: t('publication.description'), href: descriptionPaths[language] }],
      addresses: versionsAddresses(),
      content: versionsPage(versionsWithState(), changes, language),
    })
  }

  async function sendPdf(request: FastifyRequest, reply: FastifyReply, language: Language, version: VersionWithState) {
    const body = await pdfOf(version, language)
    void reply.header('content-disposition', `inline; filename="${fileName(version, language)}.pdf"`)
    return sendCacheable(request, reply, { type: 'application/pdf', body })
  }

  /** Returns the PDF of a version. Cached by text, because rendering takes a third of a second. */
  function pdfOf(version: VersionWithState, language: Language): Promise<Buffer> {
    const document = documentOf(version, language)
    const { hash } = version.version
    const state = JSON.stringify([hash, version.version.version, version.state, version.endsAt?.toString(), document])
    const key = createHash('sha256').update(state).digest('hex')
    const made = pdfs.get(key) ?? descriptionPdf(document, version, files.pdfFonts)
    pdfs.delete(key)
    pdfs.set(key, made)
    const [oldest] = pdfs.keys()
    if (pdfs.size > maxPdfs && oldest !== undefined) pdfs.delete(oldest)
    made.catch(() => pdfs.delete(key))
    return made
  }

  async function sendJson(request: FastifyRequest, reply: FastifyReply, language: Language, version: VersionWithState) {
    const { version: one, endsAt } = version
    const record = recordOfProcessing(
      one.description,
      {
        version: one.version,
        sha256: one.hash,
        effectiveFrom: one.effectiveFrom.toString(),
        ...(endsAt && { effectiveUntil: endsAt.toString() }),
      },
      language,
      renderingInstant(version, desk.clock.now()),
    )
    void reply.header('content-disposition', `inline; filename="${fileName(version, language)}.json"`)
    return sendCacheable(request, reply, { type: 'application/json', body: `${JSON.stringify(record, null, 2)}\n` })
  }

  async function sendNotFound(request: FastifyRequest, reply: FastifyReply, language: Language, version?: string) {
    const t = publicationTexts(language)
    return pages.sendNotice(request, reply, language, {
      status: 404,
      title: t('publication.not-found-title'),
      text: version === undefined ? t('publication.not-found-text') : t('publication.no-such-version', { version }),
    })
  }

  async function answerFault(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
    const language = languageOf(request.url)
    const t = publicationTexts(language)
    if (error.statusCode === 429) {
      // Removes the session cookie, so that the refusal makes no database query.
      request.cookies = {}
      const isReading = request.method !== 'POST'
      return pages.sendNotice(request, reply, language, {
        status: 429,
        title: isReading ? t('publication.too-often-title') : t('publication.too-many-title'),
        text: isReading ? t('publication.too-often-text') : t('publication.too-many-text'),
      })
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      const notice = { title: t('publication.not-understood-title'), text: t('publication.not-understood-text') }
      return pages.sendNotice(request, reply, language, { status: error.statusCode, ...notice })
    }
    request.log.error({ err: error }, 'a request failed')
    // Removes the session cookie, because the database may be down.
    request.cookies = {}
    return pages.sendNotice(request, reply, language, {
      status: 503,
      title: t('publication.unavailable-title'),
      text: t('publication.unavailable-text'),
    })
  }
}

const maxPdfs = 48

function fileName({ version }: VersionWithState, language: Language): string {
  return `${descriptionPaths[language].slice(1)}-${version.version}`
}
