/**
 * Cookies of signing in. Over TLS they have the `__Host-` prefix, so that no other host and no plain connection can plant one
 * (RFC 6265bis section 4.1.3.2).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

const session = 'seloste'
const device = 'seloste-device'
const flow = 'seloste-provider'
const workstation = 'seloste-workstation'
const flowSeconds = 600
const deviceDays = 180
/** Longest life of a cookie (RFC 6265bis section 5.5): a workstation is enrolled again within a year and a month. */
const workstationDays = 400

/** Returns the request's session token. */
export function sessionToken(request: FastifyRequest): string | undefined {
  return request.cookies[named(request, session)]
}

/** Sets the session cookie; a sign-in at the identity provider in another window becomes void. */
export function setSessionToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(named(request, session), token, attributes(request))
  clearProviderFlow(request, reply)
}

/**
 * Ends a browser's session: removes the cookie, what pages have stored and cached (Clear-Site-Data), and a sign-in in progress
 * at the identity provider. The other cookies stay: they identify the browser and grant nothing.
 */
export function signedOut(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(named(request, session), attributes(request))
  clearProviderFlow(request, reply)
  reply.header('clear-site-data', '"cache", "storage"')
}

/** Returns the token of a browser in which somebody has signed in before; it grants nothing. */
export function deviceToken(request: FastifyRequest): string | undefined {
  return request.cookies[named(request, device)]
}

export function setDeviceToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(named(request, device), token, { ...attributes(request), maxAge: deviceDays * 86_400 })
}

/** Returns the token of an office's listening workstation (R47); alone it grants nothing. */
export function workstationToken(request: FastifyRequest): string | undefined {
  return request.cookies[named(request, workstation)]
}

export function setWorkstationToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(named(request, workstation), token, { ...attributes(request), maxAge: workstationDays * 86_400 })
}

/** Returns what a browser brings back from the identity provider. */
export function providerFlow(request: FastifyRequest): string | undefined {
  return request.cookies[named(request, flow)]
}

/** SameSite=Lax, since the session cookie is not sent on the redirect from another site; it grants nothing. */
export function setProviderFlow(request: FastifyRequest, reply: FastifyReply, sealed: string): void {
  reply.setCookie(named(request, flow), sealed, { ...attributes(request), sameSite: 'lax', maxAge: flowSeconds })
}

export function clearProviderFlow(request: FastifyRequest, reply: FastifyReply): void {
  if (providerFlow(request) === undefined) return
  reply.clearCookie(named(request, flow), { ...attributes(request), sameSite: 'lax' })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The public URL is https, whatever this process sees of the connection. */
    isPublishedOverTls?: boolean
  }
}

function named(request: FastifyRequest, name: string): string {
  return request.protocol === 'https' ? `__Host-${name}` : name
}

function attributes({ protocol, server }: FastifyRequest) {
  // A proxy not named in SELOSTE_PROXIES is not trusted to report TLS, but the public URL is.
  const secure = protocol === 'https' || server.isPublishedOverTls === true
  return { path: '/', httpOnly: true, sameSite: 'strict' as const, secure }
}
