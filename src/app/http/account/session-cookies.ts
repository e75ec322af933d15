/**
 * Sign-in cookies. Over TLS they have the `__Host-` prefix, so that no other host and no unencrypted connection can set one
 * (RFC 6265bis section 4.1.3.2).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

const session = 'seloste'
const device = 'seloste-device'
const flow = 'seloste-provider'
const requester = 'seloste-requester'
const workstation = 'seloste-workstation'
const flowSeconds = 600
const deviceDays = 180
/** Longest lifetime of a cookie (RFC 6265bis section 5.5): a workstation must be enrolled again within 400 days. */
const workstationDays = 400

/** Returns the request's session token. */
export function sessionToken(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, session)]
}

/** Sets the session cookie, and cancels a sign-in at the identity provider in progress in another window. */
export function setSessionToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(cookieName(request, session), token, attributes(request))
  clearProviderFlow(request, reply)
}

/**
 * Ends a browser's session: removes the cookie, what pages have stored and cached (Clear-Site-Data), and a sign-in in progress
 * at the identity provider. The other cookies stay: they identify the browser and grant nothing.
 */
export function clearSession(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(cookieName(request, session), attributes(request))
  clearProviderFlow(request, reply)
  reply.header('clear-site-data', '"cache", "storage"')
}

/** Returns the token that identifies a browser in which somebody has signed in before. It grants no access. */
export function deviceToken(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, device)]
}

export function setDeviceToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(cookieName(request, device), token, { ...attributes(request), maxAge: deviceDays * 86_400 })
}

/** Returns the token of an office's listening workstation (R47). It grants no access without a session. */
export function workstationToken(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, workstation)]
}

export function setWorkstationToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(cookieName(request, workstation), token, { ...attributes(request), maxAge: workstationDays * 86_400 })
}

/** Returns the sealed state of a sign-in at the identity provider. */
export function providerFlow(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, flow)]
}

/** Stores the state of a sign-in. SameSite=Lax, since a Strict cookie is not sent on the provider's redirect; it grants no access. */
export function setProviderFlow(request: FastifyRequest, reply: FastifyReply, sealed: string): void {
  reply.setCookie(cookieName(request, flow), sealed, { ...attributes(request), sameSite: 'lax', maxAge: flowSeconds })
}

export function clearProviderFlow(request: FastifyRequest, reply: FastifyReply): void {
  if (providerFlow(request) === undefined) return
  reply.clearCookie(cookieName(request, flow), { ...attributes(request), sameSite: 'lax' })
}

/** Returns the sealed state of a requester's identification. */
export function requesterFlow(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request, requester)]
}

/** Stores that state for ten minutes. SameSite=Lax as above; it grants no access, and the browser gets no other cookie. */
export function setRequesterFlow(request: FastifyRequest, reply: FastifyReply, sealed: string): void {
  reply.setCookie(cookieName(request, requester), sealed, {
    ...attributes(request),
    sameSite: 'lax',
    maxAge: flowSeconds,
  })
}

export function clearRequesterFlow(request: FastifyRequest, reply: FastifyReply): void {
  if (requesterFlow(request) === undefined) return
  reply.clearCookie(cookieName(request, requester), { ...attributes(request), sameSite: 'lax' })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** True if the public URL is https, even if this process receives plain HTTP from a proxy. */
    isPublishedOverTls?: boolean
  }
}

function cookieName(request: FastifyRequest, name: string): string {
  return request.protocol === 'https' ? `__Host-${name}` : name
}

function attributes({ protocol, server }: FastifyRequest) {
  // X-Forwarded-Proto of a proxy that is not in SELOSTE_PROXIES is ignored; the public URL decides then.
  const secure = protocol === 'https' || server.isPublishedOverTls === true
  return { path: '/', httpOnly: true, sameSite: 'strict' as const, secure }
}
