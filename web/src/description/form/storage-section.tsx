import { today } from '@internationalized/date'
import { zone } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { readAt, type Path } from '../edits.ts'
import { useItems } from './form-state.tsx'
import { PathDay, PathText, PathToggle, PathTrilingual, useNameOf } from './path-fields.tsx'
import { freshId } from './fresh-id.ts'
import { Items, Section } from './section.tsx'

const path: Path = ['storage', 'sites']

/** Storage sites, and who attested the access control of the premises (R18, R19). */
export function StorageSection() {
  const { t } = useLanguage()
  const nameOf = useNameOf()
  const sites = useItems(path)
  return (
    <Section name="storage" title={t('form.sites')} summary={t('form.sites.summary', { count: sites.length })}>
      <Items
        path={path}
        titleOf={(site, index) => nameOf(readAt(site, ['names']), t('form.site.new', { number: index + 1 }))}
        addLabel={t('form.site.add')}
        empty={t('form.sites.none')}
        fresh={() => ({
          id: freshId('site', sites),
          names: { fi: '', sv: '', en: '' },
          electronicAccessControl: false,
          attestedBy: '',
          attestedOn: today(zone).toString(),
          nextReview: today(zone).add({ years: 1 }).toString(),
        })}
      >
        {(itemPath) => (
          <>
            <PathTrilingual path={[...itemPath, 'names']} label={t('form.site.names')} isLong />
            <PathText
              isOptional
              path={[...itemPath, 'country']}
              label={t('form.site.country')}
              hint={t('form.site.country.hint')}
            />
            <PathToggle
              path={[...itemPath, 'electronicAccessControl']}
              label={t('form.site.control')}
              hint={t('form.site.control.hint')}
            />
            <div className="row-fields">
              <PathText path={[...itemPath, 'attestedBy']} label={t('form.site.by')} className="grow" />
              <PathDay path={[...itemPath, 'attestedOn']} label={t('form.site.on')} />
              <PathDay path={[...itemPath, 'nextReview']} label={t('form.site.next')} />
            </div>
          </>
        )}
      </Items>
    </Section>
  )
}
