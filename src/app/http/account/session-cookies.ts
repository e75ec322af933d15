/**
 * The cookies of signing in. Over TLS they carry the `__Host-` prefix: no other host and no plain connection can plant one
 * (RFC 6265bis section 4.1.3.2). In: requests and replies. Never here: what a token opens.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

const session = 'seloste'
const device = 'seloste-device'
const flow = 'seloste-provider'
const workstation = 'seloste-workstation'
const flowSeconds = 600
const deviceDays = 180
/** As long as browsers keep a cookie (RFC 6265bis section 5.5): a workstation is enrolled again within a year and a month. */
const workstationDays = 400

/** The session token that a request brings. */
export function sessionToken(request: FastifyRequest): string | undefined {
  return request.cookies[named(request, session)]
}

/** Of a browser that has one: a sign-in at the identity provider that is under way in another window comes to nothing. */
export function setSessionToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(named(request, session), token, attributes(request))
  clearProviderFlow(request, reply)
}

/**
 * Ends what a browser has of a session: the cookie, and with it what pages have stored and cached (Clear-Site-Data), and a sign-in
 * at the identity provider that is under way. The other cookies stay: they say which browser it is, and open nothing.
 */
export function signedOut(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(named(request, session), attributes(request))
  clearProviderFlow(request, reply)
  reply.header('clear-site-data', '"cache", "storage"')
}

/** The token of a browser in which somebody has signed in before; it opens nothing. */
export function deviceToken(request: FastifyRequest): string | undefined {
  return request.cookies[named(request, device)]
}

export function setDeviceToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(named(request, device), token, { ...attributes(request), maxAge: deviceDays * 86_400 })
}

/** The token of a browser that is the listening workstation of an office (R47); alone it opens nothing. */
export function workstationToken(request: FastifyRequest): string | undefined {
  return request.cookies[named(request, workstation)]
}

export function setWorkstationToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(named(request, workstation), token, { ...attributes(request), maxAge: workstationDays * 86_400 })
}

/** What a browser brings back from the identity provider. */
export function providerFlow(request: FastifyRequest): string | undefined {
  return request.cookies[named(request, flow)]
}

/** The session's own cookie does not come along from another site, so this one does (SameSite=Lax); it opens nothing. */
export function setProviderFlow(request: FastifyRequest, reply: FastifyReply, sealed: string): void {
  reply.setCookie(named(request, flow), sealed, { ...attributes(request), sameSite: 'lax', maxAge: flowSeconds })
}

export function clearProviderFlow(request: FastifyRequest, reply: FastifyReply): void {
  if (providerFlow(request) === undefined) return
  reply.clearCookie(named(request, flow), { ...attributes(request), sameSite: 'lax' })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Browsers find the pages at an https address, whatever this process sees of it. */
    isPublishedOverTls?: boolean
  }
}

function named(request: FastifyRequest, name: string): string {
  return request.protocol === 'https' ? `__Host-${name}` : name
}

function attributes({ protocol, server }: FastifyRequest) {
  // A proxy that SELOSTE_PROXIES does not name is not believed that it was over TLS; the public URL says so all the same.
  const secure = protocol === 'https' || server.isPublishedOverTls === true
  return { path: '/', httpOnly: true, sameSite: 'strict' as const, secure }
}
