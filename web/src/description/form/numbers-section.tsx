import { today } from '@internationalized/date'
import { zone } from '../../format/instant.ts'
import { useLanguage, type Word } from '../../language/use-words.ts'
import { readAt, textAt, type Path } from '../edits.ts'
import { useField, useItems } from './form-state.tsx'
import { PathChoice, PathDay, PathText, PathTrilingual, useNameOf } from './path-fields.tsx'
import { Optional } from './optional.tsx'
import { Items, Section } from './section.tsx'

const kinds = ['NATIONAL_SERVICE', 'REGIONAL_SERVICE', 'SWITCHBOARD'] as const

/** Service numbers and their meaning by period (R7, R11). */
export function NumbersSection() {
  const { t } = useLanguage()
  const nameOf = useNameOf()
  const numbers = useItems(['numbers'])
  return (
    <Section name="numbers" title={t('form.numbers')} summary={t('form.numbers.summary', { count: numbers.length })}>
      <p className="hint">{t('form.numbers.hint')}</p>
      <Items
        path={['numbers']}
        titleOf={(one, index) => textAt(one, ['number']) || t('form.number.new', { number: index + 1 })}
        detailOf={(one) => nameOf(readAt(one, ['names']), '')}
        addLabel={t('form.number.add')}
        empty={t('form.numbers.none')}
        areOpen={false}
        fresh={() => ({
          number: '',
          kind: 'NATIONAL_SERVICE',
          language: 'fi',
          names: { fi: '', sv: '', en: '' },
          validFrom: today(zone).add({ days: 1 }).toString(),
        })}
      >
        {(path) => <NumberFields path={path} />}
      </Items>
    </Section>
  )
}

function NumberFields({ path }: { path: Path }) {
  const { t } = useLanguage()
  const { value: kind } = useField([...path, 'kind'])
  const { value: region } = useField([...path, 'region'])
  return (
    <>
      <div className="row-fields">
        <PathText path={[...path, 'number']} label={t('form.number')} className="field-medium" inputMode="tel" />
        <PathChoice
          path={[...path, 'kind']}
          label={t('form.number.kind')}
          options={kinds.map((value) => ({ value, label: t(`contact.number-kind.${value}` as Word) }))}
        />
        <PathChoice
          path={[...path, 'language']}
          label={t('form.number.language')}
          options={(['fi', 'sv', 'en'] as const).map((value) => ({ value, label: t(`shell.language.${value}`) }))}
        />
      </div>
      <PathTrilingual path={[...path, 'names']} label={t('form.number.names')} isLong />
      {(kind === 'REGIONAL_SERVICE' || region != null) && (
        <Optional
          path={[...path, 'region']}
          addLabel={t('form.number.region.add')}
          removeLabel={t('form.number.region.remove')}
          fresh={() => ({ fi: '', sv: '', en: '' })}
          announcesError
        >
          <PathTrilingual path={[...path, 'region']} label={t('form.number.region')} />
        </Optional>
      )}
      <div className="row-fields">
        <PathDay path={[...path, 'validFrom']} label={t('form.from')} />
        <PathDay path={[...path, 'validTo']} label={t('form.number.until')} isOptional />
      </div>
    </>
  )
}
