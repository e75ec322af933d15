/**
 * Client that acts as an identity system, as the server sees one: HTTP, JSON and a bearer token. Uses no type or
 * function of the server.
 */

export const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** JSON of any shape, compared by tests. */
export type Json = Record<string, never> & {
  id: string
  userName: string
  totalResults: number
  Resources: Json[]
  active: boolean
  meta: { location: string; version: string; created: string; lastModified: string; resourceType: string }
}

export interface ScimAnswer {
  status: number
  headers: Headers
  text: string
  body: Json
}

export interface ScimClient {
  get: (path: string, headers?: Record<string, string>) => Promise<ScimAnswer>
  post: (path: string, body: unknown) => Promise<ScimAnswer>
  put: (path: string, body: unknown, headers?: Record<string, string>) => Promise<ScimAnswer>
  patch: (path: string, operations: unknown[], headers?: Record<string, string>) => Promise<ScimAnswer>
  delete: (path: string, headers?: Record<string, string>) => Promise<ScimAnswer>
  /** Returns the users that a filter finds. */
  find: (filter: string, more?: string) => Promise<Json>
}

/** Makes a client of the SCIM server at a base URL (…/scim/v2). */
export function scimClient(base: string, token: string | undefined): ScimClient {
  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(base + path, {
      method,
      headers: {
        accept: 'application/scim+json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/scim+json; charset=utf-8' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (text === '' ? {} : JSON.parse(text)) as Json,
    }
  }
  const get: ScimClient['get'] = (path, headers) => send('GET', path, undefined, headers)
  return {
    get,
    post: (path, body) => send('POST', path, body),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: (path, operations, headers) => send('PATCH', path, { schemas: [patchOp], Operations: operations }, headers),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
    find: async (filter, more = '') => (await get(`/Users?filter=${encodeURIComponent(filter)}${more}`)).body,
  }
}
