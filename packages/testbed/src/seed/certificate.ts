/** A self-signed certificate (CN=win.example, RSA 2048, signed with SHA-256, no private key kept), DER in base64. */
const DER = Buffer.from(
  [
    'MIIDDTCCAfWgAwIBAgIUSy11XMBRwHRsbtagA35SEJN9+ugwDQYJKoZIhvcNAQELBQAwFjEUMBIGA1UEAwwLd2luLmV4YW1wbGUw',
    'HhcNMjYxMTI1MTI1OTQzWhcNNDYxMTIwMTI1OTQzWjAWMRQwEgYDVQQDDAt3aW4uZXhhbXBsZTCCASIwDQYJKoZIhvcNAQEBBQAD',
    'ggEPADCCAQoCggEBALulBbNm/pXpmQ1vwiVt75Dt50Fk3QI8Xoen4iZ6Y+MNxnj4zPj8gEMo9LYhSpNN+uW1tqdsqbxBdolkqCY7',
    '5ZXIBdJdZmLnJ9x5+yfwYxFXhKIhOSEAlINuqx8ht+hQoi0F3rZIycrg/YYPlkcZArPVmnrkth410vd3atD9bPeDOfHOt8gsZHOD',
    'EJwHml/sLiQHzfd15ny16h8Wnu3pDgsC7GmWfI2P0A+kaLxT2t2mDtQ5LDC+UTjkXcigrwcR9qC+O6aFfFmBbYsnj700UEwiIhqI',
    'AVD4bRmCKouxDOxZhHyk2ABvjQ6DoSKN33IcUn0VcOu5yObJZwd8oLlg0MUCAwEAAaNTMFEwHQYDVR0OBBYEFJp/kTHBqe2Q6qiT',
    '2KuwPLrzOZxHMB8GA1UdIwQYMBaAFJp/kTHBqe2Q6qiT2KuwPLrzOZxHMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQAD',
    'ggEBAJj/I3p3UKN+sLY0x4uuKKaYtGDvbV5xOf8Aa4DBUFfRnt9XXlgW4m7TOx2W66xO4mHzX96SKviEji64yXDmggaMsVV7NlRY',
    '6FbhVyBuFoe36lct/mB01pcOghHI29mc5gcbh+LWIB0dVayPTanjRHalzG7y0BjVwDna8MqcwA5IOSIL0LqI2gIKHYvv5vHIFJ1e',
    '2M0gcbAsRT4HYi1cHFDDzdBvywLFKvBZCglulwoLFAr5A6HqG38cvEdxduX4PwrWC5fFk4cfheyBxHy0L8MenF5kvgH/cLSitz9B',
    '955wJvJvOlzxFCR5a2ZWb0vCWN18SUyN89fse7mdzMTVQVI=',
  ].join(''),
  'base64',
);

const THUMBPRINT = 'E754C48C3EAAC6FF8381C4C4475F15F8B4AD0404';

/** One record of a certificate blob: property, 1, length, data (MS-GPEF 2.2.1.1.1.1). */
const record = (property: number, data: Uint8Array): Buffer => {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(property, 0);
  head.writeUInt32LE(1, 4);
  head.writeUInt32LE(data.length, 8);
  return Buffer.concat([head, data]);
};

/** The machine store's key of the certificate (under `HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\MY\\Certificates`). */
export const certificateThumbprint = THUMBPRINT;

/** The `Blob` value as lowercase hex: property 3 is the SHA-1, 32 the certificate. */
export const certificateBlob = (): string =>
  Buffer.concat([record(3, Buffer.from(THUMBPRINT, 'hex')), record(32, DER)]).toString('hex');
