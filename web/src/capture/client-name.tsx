import { useLanguage } from '../language/use-words.ts'

/** A recording client: its own name, and the trunk of its requests. */
export function ClientName({ client, trunk }: { client: string; trunk?: string | undefined }) {
  const { t } = useLanguage()
  return (
    <>
      {client === '' ? t('capture.client.unnamed') : <span translate="no">{client}</span>}
      {trunk !== undefined && (
        <span className="second">
          {trunk === '' ? t('capture.trunk.none') : t('capture.trunk.is', { name: trunk })}
        </span>
      )}
    </>
  )
}
