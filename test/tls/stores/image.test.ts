import { createHash } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { pack, type Header } from 'tar-stream'
import { EC, keys, RSA, storeLab } from './store-lab.ts'

const lab = storeLab()
const INSIDE = '/etc/ssl/rds.pem'

type Entry = readonly [name: string, content: string | Buffer, header?: Partial<Header>]

async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const packed = pack()
  for (const [name, content, header] of entries) packed.entry({ name, ...header }, content)
  packed.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of packed as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const link = (name: string, linkname: string, type: 'symlink' | 'link' = 'symlink'): Entry => [
  name,
  '',
  { type, linkname },
]
const folder = (name: string): Entry => [name, '', { type: 'directory' }]
const digestOf = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

type Files = readonly (readonly [string, Buffer | string])[]

/** The files of an OCI layout with one image of these layers, lowest first. */
function layoutOf(layers: readonly Buffer[], platforms: readonly string[] = ['amd64']): Files {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    layers: layers.map((one) => ({ digest: `sha256:${digestOf(one)}` })),
  })
  const manifests = platforms.map((architecture) => ({
    digest: `sha256:${digestOf(manifest)}`,
    platform: { os: architecture === 'unknown' ? 'unknown' : 'linux', architecture },
  }))
  const blobs = [...layers, manifest].map((blob) => [`blobs/sha256/${digestOf(blob)}`, blob] as const)
  return [...blobs, ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'], ['index.json', JSON.stringify({ manifests })]]
}

const read = (path: string, inside = INSIDE) => lab.read({ kind: 'image', path, inside })
const refusal = (path: string, inside = INSIDE) => lab.refusal({ kind: 'image', path, inside })
const archive = async (files: Files, name = 'image.tar') => lab.file(name, await tar(files))
const image = async (...layers: readonly (readonly Entry[])[]) =>
  archive(layoutOf(await Promise.all(layers.map((layer) => tar(layer)))))

describe('a store in a container image', () => {
  const STORE: Entry = ['etc/ssl/rds.pem', EC + RSA]

  it('in the tar of one layer, plain, with gzip and with zstd', async () => {
    const layer = await tar([folder('etc/'), STORE])
    for (const bytes of [layer, gzipSync(layer), zstdCompressSync(layer)]) {
      const seen = await read(lab.file('layer.tar', bytes))
      expect(keys(seen)).toEqual(['ec-secp384r1', 'rsa2048'])
      expect(seen.location).toMatch(/layer\.tar \(\/etc\/ssl\/rds\.pem\)$/)
    }
  })

  it('in an OCI layout, as a folder and as a tar, its layers compressed or not', async () => {
    const layers = [gzipSync(await tar([['etc/ssl/rds.pem', EC]])), zstdCompressSync(await tar([STORE]))]
    const files = layoutOf(layers, ['amd64', 'unknown'])
    for (const [name, content] of files) lab.file(`layout/${name}`, Buffer.from(content))
    expect(keys(await read(`${lab.directory}/layout`))).toHaveLength(2)
    expect(keys(await read(await archive(files)))).toHaveLength(2)
    // What is first in a tar is not what is lowest in an image.
    expect(keys(await read(await archive(files.toReversed())))).toHaveLength(2)
  })

  it('in what docker save wrote, where a layer may be a link to another image’s', async () => {
    const saved = JSON.stringify([{ Config: 'c.json', Layers: ['a/layer.tar', 'b/layer.tar'] }])
    const layer = await tar([STORE])
    const packed = await tar([
      ['a/layer.tar', await tar([['etc/ssl/rds.pem', EC]])],
      ['c/layer.tar', layer],
      link('b/layer.tar', '../c/layer.tar'),
      ['manifest.json', saved],
    ])
    expect(keys(await read(lab.file('saved.tar', packed)))).toHaveLength(2)
  })

  it('is the upper layer’s, and follows links, also of folders and across layers', async () => {
    expect(keys(await read(await image([['etc/ssl/rds.pem', EC]], [STORE])))).toHaveLength(2)
    expect(keys(await read(await image([STORE], [['etc/ssl/rds.pem', EC]])))).toHaveLength(1)
    expect(
      keys(
        await read(
          await image([
            ['usr/ca/a.pem', EC + RSA],
            link('etc/ssl', '../usr/ca'),
            link('usr/ca/rds.pem', '/usr/ca/a.pem'),
          ]),
        ),
      ),
    ).toHaveLength(2)
    expect(
      keys(await read(await image([['opt/a.pem', EC + RSA]], [link('etc/ssl/rds.pem', 'opt/a.pem', 'link')]))),
    ).toHaveLength(2)
  })

  it('that an upper layer deletes, or hides, is not there', async () => {
    for (const mark of [
      'etc/ssl/.wh.rds.pem',
      'etc/.wh.ssl',
      '.wh.etc',
      'etc/ssl/.wh..wh..opq',
      'etc/.wh..wh..opq',
      '.wh..wh..opq',
    ])
      expect(await refusal(await image([STORE], [[mark, '']])), mark).toMatchObject({ code: 'NOT_THERE' })
    // The same layer may put another in its place.
    expect(
      keys(
        await read(
          await image(
            [STORE],
            [
              ['etc/.wh..wh..opq', ''],
              ['etc/ssl/rds.pem', EC],
            ],
          ),
        ),
      ),
    ).toHaveLength(1)
    // A folder over a link hides what the link led to.
    const hidden = await image([['usr/ca/rds.pem', EC], link('etc/ssl', '../usr/ca')], [folder('etc/ssl')])
    expect(await refusal(hidden)).toMatchObject({ code: 'NOT_THERE' })
  })

  it.each([
    ['another path', () => image([STORE]), 'NOT_THERE', 'There is no /etc/ssl/rds.pem'],
    ['a folder', () => image([folder('etc/ssl/rds.pem')]), 'EISDIR', 'is a directory'],
    ['a circle of links', () => image([link('etc/ssl/rds.pem', 'rds.pem')]), 'ELOOP', 'more than 16 links'],
    ['something too large', () => image([['etc/ssl/rds.pem', Buffer.alloc(16_000_001)]]), 'TOO_LARGE', 'too large'],
    [
      'several platforms',
      async () => archive(layoutOf([await tar([STORE])], ['amd64', 'arm64'])),
      'AMBIGUOUS',
      '2 images',
    ],
    ['no layer', async () => archive(layoutOf([await tar([STORE])]).slice(1)), 'MALFORMED', 'is not in it'],
    ['no tar', async () => lab.file('x.tar', 'no tar at all'.repeat(99)), 'MALFORMED', 'it is no tar, or cut off'],
    [
      'half a gzip',
      async () => lab.file('x.tgz', gzipSync(await tar([STORE])).subarray(0, 200)),
      'MALFORMED',
      'cut off',
    ],
    ['nothing', async () => `${lab.directory}/nowhere.tar`, 'ENOENT', 'nothing at that path'],
  ] as const)('with %s is refused with a sentence', async (what, path, code, says) => {
    const refused = await refusal(await path(), what === 'another path' ? '/etc/ssl/rds.pem/x' : INSIDE)
    expect(refused.code).toBe(code)
    expect(refused.message).toContain(what === 'another path' ? '/etc/ssl/rds.pem/x' : says)
  })

  it('that GNU tar packed, with a name longer than old tars can hold', async () => {
    const long = `etc/${'deep/'.repeat(30)}rds.pem`
    lab.file(`root/${long}`, EC + RSA)
    const made = `${lab.directory}/gnu.tgz`
    execFileSync('tar', ['-czf', made, '-C', `${lab.directory}/root`, '.'])
    expect(keys(await read(made, `/${long}`))).toHaveLength(2)
  })
})
