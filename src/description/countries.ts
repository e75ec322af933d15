/** Member states of the European Economic Area, ISO 3166-1 (GDPR Article 44: all others are third countries). */
const eea = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
)

export function isInEea(country: string | undefined): boolean {
  return country !== undefined && eea.has(country)
}

/** AWS regions in the EEA. London and Zurich also begin with `eu-` but are outside. */
const awsRegionsInEea = new Set([
  ...['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
  'eusc-de-east-1',
])

export function isAwsRegionInEea(region: string): boolean {
  return awsRegionsInEea.has(region)
}
