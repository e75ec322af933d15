import { createHash } from 'node:crypto'

/** Returns the Content-Security-Policy (CSP level 3) of a page that contains this style: no script, no request, no form. */
export function stylePolicy(css: string): string {
  const hash = createHash('sha256').update(css).digest('base64')
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
