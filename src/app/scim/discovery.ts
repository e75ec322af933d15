/** What this SCIM server can do and which attributes it keeps (RFC 7643 sections 5 to 7, RFC 7644 section 4). */
import { coreGroup, coreUser, enterpriseUser } from './attribute-path.ts'

export const longestPage = 200

const scimPath = '/scim/v2'
const schemasOf = (kind: string) => [`urn:ietf:params:scim:schemas:core:2.0:${kind}`]

export const serviceProviderConfig = {
  schemas: schemasOf('ServiceProviderConfig'),
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: longestPage },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A token that "seloste scim-token add" made, in the Authorization header',
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
    description: 'An organisational unit; its members are those whose department it is',
    schema: coreGroup,
    schemaExtensions: [],
    meta: { resourceType: 'ResourceType', location: `${scimPath}/ResourceTypes/Group` },
  },
]

interface Attribute {
  name: string
  type: 'string' | 'boolean' | 'complex' | 'reference'
  description: string
  required: boolean
  multiValued: boolean
  caseExact: boolean
  mutability: 'readOnly' | 'readWrite' | 'immutable'
  returned: 'default'
  uniqueness: 'none' | 'server'
  subAttributes?: Attribute[]
  canonicalValues?: string[]
  referenceTypes?: string[]
}

function attribute(name: string, description: string, more: Partial<Attribute> = {}): Attribute {
  return {
    name,
    type: more.subAttributes ? 'complex' : 'string',
    description,
    required: false,
    multiValued: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  }
}

const readOnly = { mutability: 'readOnly' as const }
const reference = (to: string, name = '$ref') =>
  attribute(name, 'Where it is', { type: 'reference', referenceTypes: [to], caseExact: true, ...readOnly })

export const schemas = [
  {
    schemas: schemasOf('Schema'),
    id: coreUser,
    name: 'User',
    description: 'A person in the directory; other attributes are taken and not kept',
    attributes: [
      attribute('userName', 'The personal user id; never changed and never used again', {
        required: true,
        mutability: 'immutable',
        uniqueness: 'server',
      }),
      attribute('name', 'What the person is called', {
        subAttributes: [
          attribute('formatted', 'The whole name'),
          attribute('givenName', 'Given name'),
          attribute('familyName', 'Family name'),
        ],
      }),
      attribute('displayName', 'The name beside the calls that the person answers'),
      attribute('active', 'Whether the person is in service', { type: 'boolean' }),
      attribute('phoneNumbers', 'The numbers at which the person answers calls; those of type work are kept', {
        multiValued: true,
        subAttributes: [
          attribute('value', 'The number, in any written form'),
          attribute('type', 'work', { canonicalValues: ['work'] }),
        ],
      }),
      attribute('groups', 'The unit', {
        multiValued: true,
        ...readOnly,
        subAttributes: [
          attribute('value', 'Id of the group', { caseExact: true, ...readOnly }),
          attribute('display', 'Name of the unit', readOnly),
          attribute('type', 'direct', readOnly),
          reference('Group'),
        ],
      }),
    ],
    meta: { resourceType: 'Schema', location: `${scimPath}/Schemas/${coreUser}` },
  },
  {
    schemas: schemasOf('Schema'),
    id: enterpriseUser,
    name: 'EnterpriseUser',
    description: 'Where a person belongs',
    attributes: [
      attribute('department', 'Name of the unit; one that is not there yet is entered'),
      attribute('manager', 'The supervisor', {
        subAttributes: [
          attribute('value', 'Id of the User', { caseExact: true }),
          attribute('displayName', 'Name of the supervisor', readOnly),
          reference('User'),
        ],
      }),
    ],
    meta: { resourceType: 'Schema', location: `${scimPath}/Schemas/${enterpriseUser}` },
  },
  {
    schemas: schemasOf('Schema'),
    id: coreGroup,
    name: 'Group',
    description: 'An organisational unit',
    attributes: [
      attribute('displayName', 'Name of the unit', readOnly),
      attribute('members', 'Those who are in it now', {
        multiValued: true,
        ...readOnly,
        subAttributes: [
          attribute('value', 'Id of the User', { caseExact: true, ...readOnly }),
          attribute('display', 'Name of the person', readOnly),
          reference('User'),
        ],
      }),
    ],
    meta: { resourceType: 'Schema', location: `${scimPath}/Schemas/${coreGroup}` },
  },
]
