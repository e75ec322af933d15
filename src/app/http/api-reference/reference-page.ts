/** Renders an OpenAPI document as a page without scripts or external requests, with its Content-Security-Policy. */
import { html, Html } from '../../publication/html.ts'
import { stylePolicy } from '../../publication/style-policy.ts'
import { renderSchema } from './render-schema.ts'

type Part = Record<string, unknown>

interface Operation {
  operationId: string
  summary: string
  tags: string[]
  security?: unknown[]
  parameters: { name: string; in: string; required?: boolean; schema: Part; description?: string }[]
  requestBody?: { content: Record<string, { schema: Part }> }
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, { schema: Part }> }>
}

const css = `
:root { color-scheme: light dark; --line: light-dark(#c8cdd0, #4a4f55); --soft: light-dark(#f6f6f7, #22262b); }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; font: 1rem/1.5 'Source Sans 3', system-ui, sans-serif; }
a { color: light-dark(#2a6ebb, #8ab8f0); }
h2 { margin-top: 3rem; border-bottom: 2px solid var(--line); }
h3 { margin-bottom: 0.25rem; overflow-wrap: anywhere; font-size: 1.1rem; }
code, pre { font: 0.9rem/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; background: var(--soft); border: 1px solid var(--line); }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
nav ul { columns: 14rem; padding-left: 1.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
td code { overflow-wrap: anywhere; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 0.25rem 0; }
:focus-visible { outline: 3px solid light-dark(#2a6ebb, #8ab8f0); outline-offset: 2px; }
`

/** Returns the page and its Content-Security-Policy (CSP level 3). */
export function referencePage(document: Part): { page: string; policy: string } {
  const { info, paths, tags, components } = document as {
    info: { title: string; version: string; description: string }
    paths: Record<string, Record<string, Operation>>
    tags: { name: string }[]
    components: { responses: Record<string, { description: string }> }
  }
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title} API ${info.version}</title>
        ${new Html(`<style>${css}</style>`)}
      </head>
      <body>
        <header>
          <h1>${info.title} API ${info.version}</h1>
          <p>${info.description} ${all.length} operations; the same as <a href="/api/openapi.json">OpenAPI 3.1</a>.</p>
          <p>
            Users sign in with <code>POST /api/session</code>, which sets the session cookie. Every view has a purpose,
            needs an access right that covers it, and is recorded in the audit log. Changes are accepted only from this
            origin.
          </p>
        </header>
        <nav aria-label="Groups">
          <ul>
            ${tags.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}
            <li><a href="#errors">errors</a></li>
          </ul>
        </nav>
        <main>
          ${tags.map(
            ({ name }) =>
              html`<section aria-labelledby="${name}">
                <h2 id="${name}">${name}</h2>
                ${all.filter(({ operation }) => operation.tags.includes(name)).map(renderOperation)}
              </section>`,
          )}
          <section aria-labelledby="errors">
            <h2 id="errors">errors</h2>
            <p>
              A refusal has the body <code>{ error: { code, message, field? } }</code>. Programs should use the code,
              which is stable.
            </p>
            ${Object.entries(components.responses).map(renderErrors)}
          </section>
        </main>
      </body>
    </html>`.source
  return { page, policy: stylePolicy(css) }
}

function renderOperation({ path, method, operation }: { path: string; method: string; operation: Operation }): Html {
  const { operationId, summary, parameters, requestBody, responses, security } = operation
  return html`<article aria-labelledby="${operationId}">
    <h3 id="${operationId}">
      <code><span class="method">${method}</span> ${path}</code>
    </h3>
    <p>${summary}${security?.length === 0 && '; needs no session'}</p>
    ${parameters.length > 0 && renderParameters(operationId, parameters)}
    ${requestBody && renderBody('Body', requestBody.content)}
    ${Object.entries(responses)
      .filter(([, { $ref }]) => $ref === undefined)
      .map(([status, { description, content }]) => renderBody(`${status} ${description ?? ''}`, content))}
    <p>
      Refused with:
      ${Object.entries(responses)
        .filter(([, { $ref }]) => $ref !== undefined)
        .map(([status]) => html`<a href="#error-${status}">${status}</a> `)}
    </p>
  </article>`
}

function renderParameters(operationId: string, parameters: Operation['parameters']): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="Parameters of ${operationId}">
    <table>
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          <th scope="col">In</th>
          <th scope="col">Type</th>
          <th scope="col">Description</th>
        </tr>
      </thead>
      <tbody>
        ${parameters.map(
          ({ name, in: location, required, schema, description }) =>
            html`<tr>
              <th scope="row"><code>${name}${required !== true && '?'}</code></th>
              <td>${location}</td>
              <td><code>${renderSchema({ ...schema, description: undefined })}</code></td>
              <td>${description}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function renderBody(title: string, content: Operation['responses'][string]['content']): Html {
  const bodies = Object.entries(content ?? {})
  if (bodies.length === 0) return html`<p>${title}</p>`
  return html`${bodies.map(
    ([type, { schema }]) =>
      html`<details>
        <summary>${title} <code>${type}</code></summary>
        <pre tabindex="0"><code>${renderSchema(schema)}</code></pre>
      </details>`,
  )}`
}

function renderErrors([status, { description }]: [string, { description: string }]): Html {
  const [words, ...lines] = description.split('\n').filter(Boolean)
  const codes = lines.map((line) => /^- `([^`]+)`: (.*)$/.exec(line)).filter((found) => found !== null)
  return html`<h3 id="error-${status}">${status}</h3>
    <p>${words}</p>
    ${
      codes.length > 0 &&
      html`<div class="wide" tabindex="0" role="region" aria-label="Codes of ${status}">
        <table>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col">Message</th>
            </tr>
          </thead>
          <tbody>
            ${codes.map(
              ([, code, message]) =>
                html`<tr>
                  <th scope="row"><code>${code}</code></th>
                  <td>${message}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`
    }`
}
