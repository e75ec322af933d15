import { languages, type Language } from '#description/closed-lists.ts'
import { askingPaths, descriptionPaths, filesPath, statementPaths, type Addresses } from './addresses.ts'
import { html, type Html } from './html.ts'
import { homeTexts, publicationTexts } from './page-texts.ts'

export interface PageLayout {
  language: Language
  title: string
  /** Name of the organisation that runs the service (R2). */
  organisation: string
  /** The same page in the other languages; undefined if there is only one. */
  addresses?: Addresses
  /** Breadcrumbs of the parent pages. */
  crumbs: readonly { label: string; href: string }[]
  /** Text of the last breadcrumb; default: the title. */
  here?: string
  signedIn: boolean
  /** True if requests can be sent from the public page. */
  isAsking: boolean
  /** Hash of the style sheet in its URL, so that a new page does not use an outdated one from a cache. */
  styleVersion: string
  content: Html
}

/** Renders a whole page in the service's layout: white header, thin brand line, languages, breadcrumbs, content, footer. */
export function renderPage(page: PageLayout): string {
  const { language, addresses } = page
  const t = publicationTexts(language)
  // Only signed-in readers get a link to the start page; others would only see its sign-in form.
  const trail = [...(page.signedIn ? [{ label: t('publication.home'), href: '/' }] : []), ...page.crumbs]
  const addressOf = (one: Language) => addresses?.[one] ?? descriptionPaths[one]
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} – ${page.organisation}</title>
        <link rel="icon" href="/seloste.svg" type="image/svg+xml" />
        <link rel="preload" href="${filesPath}/source-sans-3-latin-400.woff2" as="font" type="font/woff2" crossorigin />
        <link rel="stylesheet" href="${filesPath}/page.css?v=${page.styleVersion}" />
        ${addresses && languages.map((one) => html`<link rel="alternate" hreflang="${one}" href="${addresses[one]}" />`)}
      </head>
      <body>
        <a class="skip-link" href="#content">${t('publication.skip')}</a>
        <header class="header">
          <div class="header-inner">
            <a class="service" href="${page.signedIn ? '/' : descriptionPaths[language]}">
              <img src="/seloste.svg" alt="" width="32" height="32" />
              <span class="service-words">
                <span class="service-name">Seloste</span>
                <span class="service-organisation">${page.organisation}</span>
              </span>
            </a>
            <nav class="languages" aria-label="${t('publication.languages')}">
              <ul>
                ${languages.map(
                  (one) =>
                    html`<li>
                      <a
                        href="${addressOf(one)}"
                        lang="${one}"
                        hreflang="${one}"
                        ${one === language && html` aria-current="true"`}
                        >${publicationTexts(one)('publication.language')}</a
                      >
                    </li>`,
                )}
              </ul>
            </nav>
            <a class="sign-in" href="/">${page.signedIn ? t('publication.to-service') : t('publication.sign-in')}</a>
          </div>
        </header>
        <div class="beside">
          ${trail.length > 0 && breadcrumbs(trail, page.here ?? page.title, t('publication.breadcrumbs'))}
          <main id="content" tabindex="-1">${page.content}</main>
        </div>
        <footer class="footer">
          <nav aria-label="${t('publication.foot')}">
            <ul>
              <li><a href="${descriptionPaths[language]}">${t('publication.description')}</a></li>
              ${page.isAsking && html`<li><a href="${askingPaths[language]}">${homeTexts(language)('home.title')}</a></li>`}
              <li><a href="${statementPaths[language]}">${t('publication.statement')}</a></li>
            </ul>
          </nav>
        </footer>
      </body>
    </html> `.source
}

function breadcrumbs(trail: PageLayout['crumbs'], here: string, label: string): Html {
  return html`<nav class="breadcrumbs" aria-label="${label}">
    <ol>
      ${trail.map((crumb) => html`<li><a href="${crumb.href}">${crumb.label}</a></li>`)}
      <li aria-current="page">${here}</li>
    </ol>
  </nav>`
}
