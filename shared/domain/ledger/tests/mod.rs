mod corruption;
mod fixture;
mod movements;
mod splits;
