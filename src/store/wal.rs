//! Finds out what a damaged write-ahead log has lost.
//!
//! `SQLite` replays the log up to the first frame that is not intact and ignores the rest, without a word. The formats of
//! the log and of its index are at <https://sqlite.org/fileformat2.html#walformat> and
//! <https://sqlite.org/walformat.html>.

use std::io::{self, ErrorKind, Read};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The size of a page if neither the log nor its index says it.
const DEFAULT_PAGE: usize = 4096;

/// Committed changes that are in no intact frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Loss {
    /// The number of pages that were changed.
    pub(super) pages: u64,
    /// The number of transactions of which a trace is left. There may have been more.
    pub(super) transactions: u64,
}

/// The index of the log, which the processes that used the database shared. It survives them, and not a restart of the
/// machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct WalIndex {
    page: usize,
    salts: [u32; 2],
    /// The number of committed frames.
    committed: u64,
    /// The number of frames that were copied into the database.
    copied: u64,
}

impl WalIndex {
    /// Reads the beginning of an index. Returns `None` if it is not complete.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        /// The header is stored twice: a reader that finds two different copies has met a writer.
        const COPY: usize = 48;
        const IS_INITIALISED: usize = 12;
        if bytes.get(..COPY)? != bytes.get(COPY..2 * COPY)? || *bytes.get(IS_INITIALISED)? != 1 {
            return None;
        }
        let number = |at: usize| Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let page = u16::from_ne_bytes(bytes.get(14..16)?.try_into().ok()?);
        // The salts are copied from the log as they are.
        let salt = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        Some(Self {
            page: if page == 1 { 1 << 16 } else { page.into() },
            salts: [salt(32)?, salt(36)?],
            committed: number(16)?.into(),
            copied: number(2 * COPY)?.into(),
        })
    }
}

/// The header of a log that is intact.
struct WalHeader {
    page: usize,
    salts: [u32; 2],
    /// The number of times that the log was begun again.
    sequence: u32,
    checksum: Checksum,
}

impl WalHeader {
    fn parse(bytes: &[u8; HEADER]) -> Option<Self> {
        const MAGIC: u32 = 0x377f_0682;
        let magic = big_endian(bytes, 0);
        let mut checksum = Checksum { sums: [0, 0], is_big_endian: magic & 1 == 1 };
        checksum.add(bytes.get(..24)?);
        let is_intact = magic & !1 == MAGIC && checksum.sums == [big_endian(bytes, 24), big_endian(bytes, 28)];
        let page = usize::try_from(big_endian(bytes, 8)).ok()?;
        (is_intact && page.is_power_of_two() && (512..=1 << 16).contains(&page)).then(|| Self {
            page,
            salts: [big_endian(bytes, 16), big_endian(bytes, 20)],
            sequence: big_endian(bytes, 12),
            checksum,
        })
    }

    /// Returns whether a frame with these salts was written before the log was last begun again: `SQLite` leaves such frames
    /// in the file, and adds 1 to the first salt each time.
    fn is_earlier(&self, salts: [u32; 2]) -> bool {
        let ([now, _], [then, _]) = (self.salts, salts);
        (1..=self.sequence).contains(&now.wrapping_sub(then))
    }
}

/// Reads a log, which is empty if there is no file, and returns what it has lost, if anything. Nothing may write to it
/// meanwhile.
///
/// # Errors
///
/// Fails if the log cannot be read.
pub(super) fn loss(mut log: impl Read, index: Option<WalIndex>) -> io::Result<Option<Loss>> {
    let mut bytes = [0; HEADER];
    let mut header = if read_whole(&mut log, &mut bytes)? { WalHeader::parse(&bytes) } else { None };
    // The index of an earlier log says nothing about this one.
    let index = index.filter(|index| header.as_ref().is_none_or(|header| header.salts == index.salts));
    let page = header.as_ref().map(|header| header.page).or(index.map(|index| index.page)).unwrap_or(DEFAULT_PAGE);
    let mut frame = vec![0; FRAME_HEADER + page];
    let (mut frames, mut intact, mut chain_is_intact) = (0, 0, header.is_some());
    let mut traces = Traces::default();
    while read_whole(&mut log, &mut frame)? {
        frames += 1;
        let salts = [big_endian(&frame, 8), big_endian(&frame, 12)];
        let is_commit = big_endian(&frame, 4) != 0;
        let was_intact = chain_is_intact;
        chain_is_intact = chain_is_intact
            && header.as_mut().is_some_and(|header| header.salts == salts && header.checksum.add_frame(&frame));
        match &header {
            _ if chain_is_intact && is_commit => intact = frames,
            _ if chain_is_intact => {}
            Some(header) if header.salts == salts => {
                // The frame at which the log ends may have been cut when the process ended. It was never acknowledged.
                traces.commits += u64::from(is_commit && !was_intact);
            }
            Some(header) => traces.has_foreign |= !header.is_earlier(salts),
            None => traces.commits += u64::from(is_commit),
        }
    }
    let pages = match index {
        // Nothing is replayed, so what was copied into the database counts.
        Some(index) if header.is_none() => index.committed.saturating_sub(index.copied),
        Some(index) => index.committed.saturating_sub(intact),
        None if header.is_none() || traces.commits > 0 || traces.has_foreign => frames - intact,
        None => 0,
    };
    Ok((pages > 0).then_some(Loss { pages, transactions: traces.commits }))
}

/// Traces of lost changes in the frames after the intact ones.
#[derive(Default)]
struct Traces {
    /// The number of frames that ended a transaction.
    commits: u64,
    /// True if a frame was not written by `SQLite`.
    has_foreign: bool,
}

/// The running checksum of a log.
struct Checksum {
    sums: [u32; 2],
    is_big_endian: bool,
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let [mut first, mut second] = self.sums;
        for words in bytes.as_chunks::<4>().0.as_chunks::<2>().0 {
            let read = if self.is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
            let [one, two] = words.map(read);
            first = first.wrapping_add(one).wrapping_add(second);
            second = second.wrapping_add(two).wrapping_add(first);
        }
        self.sums = [first, second];
    }

    /// Adds a frame, and returns whether its own checksum is right.
    fn add_frame(&mut self, frame: &[u8]) -> bool {
        let (head, page) = frame.split_at(FRAME_HEADER);
        self.add(head.get(..8).unwrap_or_default());
        self.add(page);
        self.sums == [big_endian(head, 16), big_endian(head, 20)]
    }
}

/// Fills `buffer`. Returns false if the file ends before.
fn read_whole(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn big_endian(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
    u32::from_be_bytes(word.expect("headers are read whole"))
}
