class Config:
    threads: int
