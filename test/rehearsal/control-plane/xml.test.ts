import { describe, expect, it } from 'vitest'
import { element, escapeXml, XmlList } from '../../../src/rehearsal/api/xml.ts'

describe('XML', () => {
  it('nests structures and lists, and leaves out what is not there', () => {
    const value = {
      Name: 'a',
      Absent: undefined,
      Empty: new XmlList('member', []),
      Count: 0,
      Flag: false,
      At: new Date(0),
      Items: new XmlList('Item', [{ Key: 'x' }, { Key: 'y' }]),
    }
    expect(element('Result', value)).toBe(
      '<Result><Name>a</Name><Empty></Empty><Count>0</Count><Flag>false</Flag><At>1970-01-01T00:00:00.000Z</At><Items><Item><Key>x</Key></Item><Item><Key>y</Key></Item></Items></Result>',
    )
  })

  it('escapes what would break it, and replaces what it cannot hold', () => {
    expect(escapeXml(`<a href="x">&'\r\n\t</a>`)).toBe(`&lt;a href=&quot;x&quot;&gt;&amp;'&#xD;\n\t&lt;/a&gt;`)
    expect(escapeXml('a\u0000b\u001Bc\uFFFEd😀')).toBe('a\uFFFDb\uFFFDc\uFFFDd😀')
  })
})
