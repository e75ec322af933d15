/** Capabilities and attributes of this SCIM server (RFC 7643 sections 5 to 7, RFC 7644 section 4). */
import { coreGroup, coreUser, enterpriseUser } from './attribute-path.ts'

export const maxPageLength = 200

const scimPath = '/scim/v2'
const schemasOf = (kind: string) => [`urn:ietf:params:scim:schemas:core:2.0:${kind}`]

export const serviceProviderConfig = {
  schemas: schemasOf('ServiceProviderConfig'),
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: maxPageLength },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A token created by "seloste scim-token add", in the Authorization header',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${scimPath}/ServiceProviderConfig` },
}

export const resourceTypes = [
  {
    schemas: schemasOf('ResourceType'),
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    description: 'A person in the directory',
    schema: coreUser,
    schemaExtensions: [{ schema: enterpriseUser, required: false }],
    meta: { resourceType: 'ResourceType', location: `${scimPath}/ResourceTypes/User` },
  },
  {
    schemas: schemasOf('ResourceType'),
    id: 'Group',
    name: 'Group',
    endpoint: '/Groups',
    description: 'An organisational unit; its members are the people with this department',
    schema: coreGroup,
    schemaExtensions: [],
    meta: { resourceType: 'ResourceType', location: `${scimPath}/ResourceTypes/Group` },
  },
]
