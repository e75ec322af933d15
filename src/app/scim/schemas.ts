/** Schemas of the resources, and of the discovery resources (RFC 7643 sections 4 to 8). */
import { coreGroup, coreUser, enterpriseUser } from './attribute-path.ts'

const scimPath = '/scim/v2'
const schemaOf = (kind: string) => `urn:ietf:params:scim:schemas:core:2.0:${kind}`

interface Attribute {
  name: string
  type: 'string' | 'boolean' | 'integer' | 'complex' | 'reference'
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
  attribute(name, 'URI of the resource', { type: 'reference', referenceTypes: [to], caseExact: true, ...readOnly })

export const schemas = [
  ...ownSchemas(),
  {
    schemas: [schemaOf('Schema')],
    id: coreUser,
    name: 'User',
    description: 'A person in the directory; other attributes are accepted but not stored',
    attributes: [
      attribute('userName', 'The personal user id; never changed and never reused', {
        required: true,
        mutability: 'immutable',
        uniqueness: 'server',
      }),
      attribute('name', 'The name of the person', {
        subAttributes: [
          attribute('formatted', 'The whole name'),
          attribute('givenName', 'Given name'),
          attribute('familyName', 'Family name'),
        ],
      }),
      attribute('displayName', 'Name shown with the calls that the person answers'),
      attribute('active', 'True while the person is employed', { type: 'boolean' }),
      attribute('phoneNumbers', 'The numbers at which the person answers calls; those of type work are stored', {
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
    schemas: [schemaOf('Schema')],
    id: enterpriseUser,
    name: 'EnterpriseUser',
    description: 'The unit and the supervisor of a person',
    attributes: [
      attribute('department', 'Name of the unit; an unknown unit is added'),
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
    schemas: [schemaOf('Schema')],
    id: coreGroup,
    name: 'Group',
    description: 'An organisational unit',
    attributes: [
      attribute('displayName', 'Name of the unit', readOnly),
      attribute('members', 'The current members', {
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

/** Returns the schemas of the discovery endpoints' resources, all read-only (RFC 7643 section 8.7.2). */
function ownSchemas() {
  const fixed = (name: string, description: string, more: Partial<Attribute> = {}) =>
    attribute(name, description, { required: true, ...readOnly, ...more })
  const truth = (name: string, description: string) => fixed(name, description, { type: 'boolean' })
  const number = (name: string, description: string) => fixed(name, description, { type: 'integer' })
  const option = (name: string, description: string, ...more: Attribute[]) =>
    fixed(name, description, { subAttributes: [truth('supported', 'True if supported'), ...more] })
  const link = (name: string, description: string) =>
    fixed(name, description, { type: 'reference', referenceTypes: ['uri'], caseExact: true })
  const texts = (...names: string[]) => names.map((name) => fixed(name, `The ${name}`))
  const facts = [
    ...texts('name', 'type', 'description', 'mutability', 'returned', 'uniqueness'),
    ...['multiValued', 'required', 'caseExact'].map((name) => truth(name, `True if ${name}`)),
    ...['canonicalValues', 'referenceTypes'].map((name) =>
      fixed(name, `The ${name}`, { required: false, multiValued: true }),
    ),
  ]
  const kinds: [kind: string, description: string, attributes: Attribute[]][] = [
    [
      'ServiceProviderConfig',
      'Features of the server',
      [
        option('patch', 'PATCH'),
        option(
          'bulk',
          'Bulk operations',
          number('maxOperations', 'Maximum number of operations in a request'),
          number('maxPayloadSize', 'Maximum size of a request in bytes'),
        ),
        option('filter', 'Filters', number('maxResults', 'Maximum number of resources in a page')),
        option('changePassword', 'Changing passwords'),
        option('sort', 'Sorting'),
        option('etag', 'Versions'),
        fixed('authenticationSchemes', 'Authentication schemes of clients', {
          multiValued: true,
          subAttributes: [
            ...texts('type', 'name', 'description'),
            link('specUri', 'URI of the specification'),
            truth('primary', 'True for the preferred scheme'),
          ],
        }),
      ],
    ],
    [
      'ResourceType',
      'A kind of resource',
      [
        ...texts('id', 'name', 'description'),
        link('endpoint', 'Path of these resources'),
        link('schema', 'URI of the schema'),
        fixed('schemaExtensions', 'Schemas that extend it', {
          required: false,
          multiValued: true,
          subAttributes: [link('schema', 'The extension'), truth('required', 'True if required')],
        }),
      ],
    ],
    [
      'Schema',
      'The attributes of a kind of resource',
      [
        ...texts('id', 'name', 'description'),
        fixed('attributes', 'Its attributes', {
          multiValued: true,
          subAttributes: [
            ...facts,
            fixed('subAttributes', 'Their parts', { required: false, multiValued: true, subAttributes: facts }),
          ],
        }),
      ],
    ],
  ]
  return kinds.map(([kind, description, attributes]) => ({
    schemas: [schemaOf('Schema')],
    id: schemaOf(kind),
    name: kind,
    description,
    attributes,
    meta: { resourceType: 'Schema', location: `${scimPath}/Schemas/${schemaOf(kind)}` },
  }))
}
