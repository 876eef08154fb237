/** The Windows versions that a test host can look like. */
export const OS_NAMES = ['2008r2', '2012', '2012r2', '2016', '2019', '2022', '2025', 'win10-1511', 'win10'] as const;
export type OsName = (typeof OS_NAMES)[number];

export interface OsFacts {
  readonly productName: string;
  /** Server or Client, as `InstallationType` says it. */
  readonly installation: 'Server' | 'Client';
  readonly build: number;
  /** Update build revision; null where Windows has none. */
  readonly ubr: number | null;
  readonly currentVersion: string;
  /** NDP\v4\Full `Release` (Learn, Determine which .NET Framework versions are installed) and its version. */
  readonly dotnetRelease: number;
  readonly dotnetVersion: string;
  /** The update that brings TLS 1.2 to .NET 3.5 there, as a CBS package; null where a cumulative update carries it. */
  readonly kb: { readonly number: string; readonly version: string } | null;
}

/** What each Windows says of itself. Update numbers: KB3154518, KB3154519, KB3154520, KB3156421. */
export const OS_FACTS: Readonly<Record<OsName, OsFacts>> = {
  '2008r2': {
    productName: 'Windows Server 2008 R2 Standard',
    installation: 'Server',
    build: 7601,
    ubr: null,
    currentVersion: '6.1',
    dotnetRelease: 461814,
    dotnetVersion: '4.7.03190',
    kb: { number: 'KB3154518', version: '6.1.1.0' },
  },
  '2012': {
    productName: 'Windows Server 2012 Standard',
    installation: 'Server',
    build: 9200,
    ubr: 16384,
    currentVersion: '6.2',
    dotnetRelease: 461814,
    dotnetVersion: '4.7.03190',
    kb: { number: 'KB3154519', version: '6.2.1.0' },
  },
  '2012r2': {
    productName: 'Windows Server 2012 R2 Standard',
    installation: 'Server',
    build: 9600,
    ubr: 17031,
    currentVersion: '6.3',
    dotnetRelease: 461814,
    dotnetVersion: '4.7.03190',
    kb: { number: 'KB3154520', version: '6.3.1.1' },
  },
  '2016': {
    productName: 'Windows Server 2016 Standard',
    installation: 'Server',
    build: 14393,
    ubr: 2273,
    currentVersion: '6.3',
    dotnetRelease: 461814,
    dotnetVersion: '4.7.03190',
    kb: null,
  },
  '2019': {
    productName: 'Windows Server 2019 Standard',
    installation: 'Server',
    build: 17763,
    ubr: 5458,
    currentVersion: '6.3',
    dotnetRelease: 461814,
    dotnetVersion: '4.7.03190',
    kb: null,
  },
  '2022': {
    productName: 'Windows Server 2022 Standard',
    installation: 'Server',
    build: 20348,
    ubr: 2322,
    currentVersion: '6.3',
    dotnetRelease: 528449,
    dotnetVersion: '4.8.04161',
    kb: null,
  },
  '2025': {
    productName: 'Windows Server 2025 Standard',
    installation: 'Server',
    build: 26100,
    ubr: 1742,
    currentVersion: '6.3',
    dotnetRelease: 533320,
    dotnetVersion: '4.8.09032',
    kb: null,
  },
  'win10-1511': {
    productName: 'Windows 10 Enterprise',
    installation: 'Client',
    build: 10586,
    ubr: 420,
    currentVersion: '6.3',
    dotnetRelease: 394254,
    dotnetVersion: '4.6.01055',
    kb: null,
  },
  win10: {
    productName: 'Windows 10 Enterprise',
    installation: 'Client',
    build: 19045,
    ubr: 4291,
    currentVersion: '6.3',
    dotnetRelease: 528372,
    dotnetVersion: '4.8.04084',
    kb: null,
  },
};
