import { formatDate } from '../../format/instant.ts'
import { formatShare } from '../../format/number.ts'
import { useLanguage, type Word } from '../../language/use-words.ts'
import { useWide } from '../../shell/use-wide.ts'
import type { ListedNumber } from './number-list.ts'

/** Numbers as a table; as cards on narrow screens. */
export function NumberTable({ numbers }: { numbers: ListedNumber[] }) {
  return useWide(1100) ? <Table numbers={numbers} /> : <Cards numbers={numbers} />
}

function Table({ numbers }: { numbers: ListedNumber[] }) {
  const { t, language } = useLanguage()
  return (
    <table className="results">
      <caption className="visually-hidden">{t('description.numbers.found')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('form.number')}</th>
          <th scope="col">{t('form.number.names')}</th>
          <th scope="col">{t('form.number.kind')}</th>
          <th scope="col">{t('form.number.language')}</th>
          <th scope="col">{t('description.numbers.recorded')}</th>
          <th scope="col">{t('description.numbers.validity')}</th>
        </tr>
      </thead>
      <tbody>
        {numbers.map((one, index) => (
          <tr key={index}>
            <th scope="row" className="number">
              {one.number}
            </th>
            <td>{one.names[language]}</td>
            <td>
              <Kind one={one} />
            </td>
            <td>{t(`shell.language.${one.language}` as Word)}</td>
            <td>
              <Recorded one={one} />
            </td>
            <td>
              <Validity one={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cards({ numbers }: { numbers: ListedNumber[] }) {
  const { t, language } = useLanguage()
  return (
    <ul className="cards">
      {numbers.map((one, index) => (
        <li key={index} className="card">
          <p className="card-title number">{one.number}</p>
          <dl className="card-facts">
            <div>
              <dt>{t('form.number.names')}</dt>
              <dd>{one.names[language]}</dd>
            </div>
            <div>
              <dt>{t('form.number.kind')}</dt>
              <dd>
                <Kind one={one} />
              </dd>
            </div>
            <div>
              <dt>{t('form.number.language')}</dt>
              <dd>{t(`shell.language.${one.language}` as Word)}</dd>
            </div>
            <div>
              <dt>{t('description.numbers.recorded')}</dt>
              <dd>
                <Recorded one={one} />
              </dd>
            </div>
            <div>
              <dt>{t('description.numbers.validity')}</dt>
              <dd>
                <Validity one={one} />
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  )
}

function Kind({ one: { kind, region } }: { one: ListedNumber }) {
  const { t, language } = useLanguage()
  return (
    <>
      {t(`contact.number-kind.${kind}` as Word)}
      {region && <span className="second">{region[language]}</span>}
    </>
  )
}

function Recorded({ one: { kind, rules } }: { one: ListedNumber }) {
  const { t, language } = useLanguage()
  if (kind === 'SWITCHBOARD') return <span className="muted">{t('description.numbers.recorded.never')}</span>
  if (rules.length === 0) return <span className="muted">{t('description.numbers.recorded.none')}</span>
  return rules.map((rule, index) => (
    <span key={index} className="rule-line">
      {formatShare(rule.share, language)}, {t('form.months', { count: rule.months })}
      <span className="second">{rule.names[language]}</span>
    </span>
  ))
}

function Validity({ one: { state, validFrom, validTo } }: { one: ListedNumber }) {
  const { t, language } = useLanguage()
  const day = (date: string) => formatDate(`${date}T12:00:00Z`, language)
  return (
    <>
      {t(`description.numbers.state.${state}`)}
      <span className="second">
        {day(validFrom)}–{validTo && day(validTo)}
      </span>
    </>
  )
}
